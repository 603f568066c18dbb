using PayFlow.ServiceDefaults.Contracts;

namespace PayFlow.Web.Live;

/// <summary>An open screen. It is called on the reader's thread and must only hand over, never wait.</summary>
public interface ILiveListener
{
    void OnEvent(IEvent happened);

    /// <summary>Events may have been missed: what is shown should be read again.</summary>
    void OnResumed();
}
