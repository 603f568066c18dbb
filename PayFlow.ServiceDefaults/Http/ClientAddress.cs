using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace PayFlow.ServiceDefaults.Http;

/// <summary>The client address as rate limits count it.</summary>
public static class ClientAddress
{
    /// <returns>The IPv4 address, or the first half of the IPv6 address: an IPv6 customer has a whole /64 to ask
    /// from.</returns>
    public static string Of(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
