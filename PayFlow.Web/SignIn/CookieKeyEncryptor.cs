using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace PayFlow.Web.SignIn;

/// <summary>Encrypts a key of cookies before it is kept.</summary>
public sealed class CookieKeyEncryptor(CookieKeyCiphers ciphers) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        ArgumentNullException.ThrowIfNull(plaintextElement);
        var encrypted = ciphers.Encrypt(
            Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting))
        );
        return new EncryptedXmlInfo(
            new XElement("encryptedKey", Convert.ToBase64String(encrypted)),
            typeof(CookieKeyDecryptor)
        );
    }
}
