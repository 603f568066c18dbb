using Microsoft.AspNetCore.Components;

namespace PayFlow.Web.Shared.Fields;

/// <summary>The events of wwwroot/fields.js. The Razor compiler finds them by the name of this class.</summary>
[EventHandler("ontyped", typeof(TypedEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
[EventHandler("onsubmitted", typeof(SubmittedEventArgs), enableStopPropagation: true, enablePreventDefault: false)]
public static class EventHandlers;
