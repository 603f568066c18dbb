using MudBlazor;

namespace PayFlow.Web.Shared;

/// <summary>Short messages in passing: above the bar, where the thumb and no amount is, and one at a time.</summary>
public static class Toasts
{
    public static SnackbarConfiguration Configuration =>
        new()
        {
            PositionClass = Defaults.Classes.Position.BottomCenter,
            SnackbarVariant = Variant.Filled,
            MaxDisplayedSnackbars = 1,
            NewestOnTop = true,
            PreventDuplicates = true,
            VisibleStateDuration = 6000,
            ShowTransitionDuration = 150,
            HideTransitionDuration = 150,
            NormalIcon = Icons.Material.Outlined.Check,
        };
}
