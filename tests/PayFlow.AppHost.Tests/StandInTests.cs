using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using PayFlow.Tests;

namespace PayFlow.AppHost.Tests;

/// <summary>
/// The stand-in may have no public member that was not looked up in Aspire's own sources: docs/aspire-members.md has
/// each one's signature and where it is there, so that AppHost.cs compiles against either.
/// </summary>
public sealed class StandInTests
{
    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    [Fact]
    public void Every_public_member_of_the_stand_in_is_on_the_list()
    {
        var list = Listed();
        var members = typeof(DistributedApplication)
            .Assembly.GetExportedTypes()
            .Where(type => type.Namespace?.StartsWith("Aspire.", StringComparison.Ordinal) is true)
            .SelectMany(type =>
                Members(type)
                    .Prepend($"{Keyword(type)} {type.FullName!.Split('`')[0]}{Generics(type.GetGenericArguments())}")
            )
            .ToList();
        Assert.Contains("interface Aspire.Hosting.IDistributedApplicationBuilder", members);
        var unlisted = members.Where(member => !list.Contains(member)).ToList();
        Assert.True(unlisted.Count == 0, "Not in docs/aspire-members.md:\n" + string.Join('\n', unlisted));
    }

    [Fact]
    public void What_the_services_set_of_Aspires_is_on_the_list()
    {
        var list = Listed();
        var connections = string.Join(
            '\n',
            File.ReadAllText(Checkout.In("PayFlow.ServiceDefaults", "Connections", "ConnectionsExtensions.cs")),
            File.ReadAllText(Checkout.In("PayFlow.ServiceDefaults", "Messaging", "KafkaProducer.cs"))
        );
        var set = Regex
            .Matches(
                connections,
                @"#if USE_ASPIRE(?<code>.*?)#(else|endif)",
                RegexOptions.Singleline | RegexOptions.ExplicitCapture,
                TimeSpan.FromSeconds(5)
            )
            .SelectMany(part =>
                Regex.Matches(
                    part.Groups["code"].Value,
                    @"(?<member>settings\.\w+|builder\.Add\w+)",
                    RegexOptions.ExplicitCapture,
                    TimeSpan.FromSeconds(5)
                )
            )
            .Select(match => match.Value.Split('.')[1])
            .ToHashSet(StringComparer.Ordinal);
        Assert.Superset(
            new HashSet<string>(
                ["AddNpgsqlDbContext", "CommandTimeout", "AddKafkaProducer", "Config"],
                StringComparer.Ordinal
            ),
            set
        );
        Assert.All(
            set,
            member =>
                Assert.Contains(
                    list,
                    listed =>
                        Regex.IsMatch(
                            listed,
                            $@"(Settings|Extensions)\.{member}\b",
                            RegexOptions.ExplicitCapture,
                            TimeSpan.FromSeconds(5)
                        )
                )
        );
    }

    private static HashSet<string> Listed() =>
        File.ReadAllLines(Checkout.In("docs", "aspire-members.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1])
            .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> Members(Type type)
    {
        // Protected counts: a derived class sees it.
        var visible = type.GetMembers(Declared)
            .Where(member =>
                member switch
                {
                    MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)
                        && !(method.IsSpecialName && method is MethodInfo),
                    PropertyInfo property => property.GetAccessors().Length > 0,
                    FieldInfo field => field.IsPublic && !field.IsSpecialName,
                    Type nested => nested.IsNestedPublic || nested.IsNestedFamily,
                    _ => true,
                }
            );
        return visible.Select(member =>
            member switch
            {
                ConstructorInfo constructor => $"{type.Name}({Parameters(constructor)})",
                MethodInfo method => $"{Name(method.ReturnType)} "
                    + $"{Name(type)}.{method.Name}{Generics(method.GetGenericArguments())}({Parameters(method)})",
                PropertyInfo property => $"{Name(property.PropertyType)} {Name(type)}.{property.Name}",
                FieldInfo field => $"{Name(type)}.{field.Name} = "
                    + Convert
                        .ToInt32(field.GetRawConstantValue(), CultureInfo.InvariantCulture)
                        .ToString(CultureInfo.InvariantCulture),
                _ => $"{type.Name}.{member.Name}",
            }
        );
    }

    private static string Keyword(Type type) =>
        type.IsInterface ? "interface"
        : type.IsEnum ? "enum"
        : "class";

    private static string Parameters(MethodBase method) =>
        string.Join(
            ", ",
            method
                .GetParameters()
                .Select(parameter =>
                {
                    var nullable =
                        new NullabilityInfoContext().Create(parameter).ReadState == NullabilityState.Nullable
                        && !parameter.ParameterType.IsValueType
                            ? "?"
                            : "";
                    var standard = !parameter.HasDefaultValue
                        ? ""
                        : " = "
                            + (
                                parameter.DefaultValue switch
                                {
                                    null when parameter.ParameterType == typeof(CancellationToken) => "default",
                                    null => "null",
                                    bool flag => flag ? "true" : "false",
                                    var value => value.ToString(),
                                }
                            );
                    return $"{Name(parameter.ParameterType)}{nullable} {parameter.Name}{standard}";
                })
        );

    private static string Generics(Type[] arguments) =>
        arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";

    private static string Name(Type type) =>
        Nullable.GetUnderlyingType(type) is { } value ? Name(value) + "?"
        : type == typeof(string) ? "string"
        : type == typeof(bool) ? "bool"
        : type == typeof(int) ? "int"
        : type.IsArray ? Name(type.GetElementType()!) + "[]"
        : type.Name.Split('`')[0] + Generics(type.GetGenericArguments());
}
