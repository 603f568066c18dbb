namespace PayFlow.Transactions.Answers;

/// <summary>How requests that move money are answered.</summary>
public static class AnswersModule
{
    public static void AddAnswers(this WebApplicationBuilder builder) => builder.Services.AddScoped<IntakeAnswers>();
}
