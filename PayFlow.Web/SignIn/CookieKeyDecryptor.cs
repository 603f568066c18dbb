using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace PayFlow.Web.SignIn;

/// <summary>The framework makes one by the name of its type, which stands beside each key.</summary>
public sealed class CookieKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        ArgumentNullException.ThrowIfNull(encryptedElement);
        var key = services
            .GetRequiredService<CookieKeyCiphers>()
            .Decrypt(Convert.FromBase64String(encryptedElement.Value));
        return XElement.Parse(Encoding.UTF8.GetString(key));
    }
}
