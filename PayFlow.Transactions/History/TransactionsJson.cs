using System.Text.Json.Serialization;
using PayFlow.ServiceDefaults.Paging;

namespace PayFlow.Transactions.History;

/// <summary>How what clients get is written, made at build time.</summary>
[JsonSerializable(typeof(TransactionResponse))]
[JsonSerializable(typeof(Page<TransactionResponse>))]
internal sealed partial class TransactionsJson : JsonSerializerContext;
