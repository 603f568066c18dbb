using MudBlazor;

namespace PayFlow.Web.Shared;

/// <summary>
/// Every colour of the wallet, once. The style sheet uses them through MudBlazor's variables. Pairs of text and ground
/// are at least 4.5:1 in both themes; indigo is for what can be pressed, and for nothing else.
/// </summary>
public static class PayFlowTheme
{
    private static readonly string[] Fonts =
    [
        "Inter Variable",
        "system-ui",
        "-apple-system",
        "Segoe UI",
        "Roboto",
        "sans-serif",
    ];

    /// <summary>Both are in every page; the attribute <c>data-theme</c> of the root says which one counts.</summary>
    public static MudTheme Light { get; } = Create("light");

    public static MudTheme Dark { get; } = Create("dark");

    /// <summary>The hue of somebody's avatar: the same for the same id.</summary>
    public static int Hue(Guid id) =>
        id.GetHashCode() is var hash && hash == int.MinValue ? 0 : Math.Abs(id.GetHashCode()) % 360;

    private static MudTheme Create(string name) =>
        new()
        {
            PseudoCss = new PseudoCss { Scope = $":root[data-theme=\"{name}\"]" },
            PaletteLight = new PaletteLight
            {
                Primary = "#4f46e5",
                PrimaryContrastText = "#ffffff",
                PrimaryDarken = "#4338ca",
                PrimaryLighten = "#eef0ff",
                Secondary = "#4f46e5",
                Background = "#f8f8fb",
                BackgroundGray = "#efeff4",
                Surface = "#ffffff",
                AppbarBackground = "#ffffff",
                AppbarText = "#17171f",
                DrawerBackground = "#ffffff",
                TextPrimary = "#17171f",
                TextSecondary = "#5b5b6b",
                TextDisabled = "#76768a",
                ActionDefault = "#5b5b6b",
                ActionDisabled = "#76768a",
                ActionDisabledBackground = "#e9e9f0",
                LinesDefault = "#e4e4ec",
                LinesInputs = "#8b8b9c",
                TableLines = "#e4e4ec",
                Divider = "#e4e4ec",
                Success = "#0b7a3e",
                SuccessContrastText = "#ffffff",
                Warning = "#8a5300",
                WarningContrastText = "#ffffff",
                Error = "#c0222b",
                ErrorContrastText = "#ffffff",
                Info = "#17171f",
                InfoContrastText = "#ffffff",
                Skeleton = "#e9e9f0",
                Dark = "#17171f",
                DarkContrastText = "#ffffff",
            },
            PaletteDark = new PaletteDark
            {
                Primary = "#a5b0ff",
                PrimaryContrastText = "#15153a",
                PrimaryDarken = "#bcc5ff",
                PrimaryLighten = "#26284a",
                Secondary = "#a5b0ff",
                Background = "#0e0e13",
                BackgroundGray = "#1f1f29",
                Surface = "#17171e",
                AppbarBackground = "#17171e",
                AppbarText = "#f2f2f7",
                DrawerBackground = "#17171e",
                TextPrimary = "#f2f2f7",
                TextSecondary = "#a9a9b9",
                TextDisabled = "#8a8a9c",
                ActionDefault = "#a9a9b9",
                ActionDisabled = "#8a8a9c",
                ActionDisabledBackground = "#262630",
                LinesDefault = "#2b2b37",
                LinesInputs = "#71718a",
                TableLines = "#2b2b37",
                Divider = "#2b2b37",
                Success = "#4ecb85",
                SuccessContrastText = "#06210f",
                Warning = "#f0b254",
                WarningContrastText = "#2a1a00",
                Error = "#ff8a8a",
                ErrorContrastText = "#330607",
                Info = "#f2f2f7",
                InfoContrastText = "#17171e",
                Skeleton = "#262630",
                Dark = "#f2f2f7",
                DarkContrastText = "#17171e",
            },
            LayoutProperties = new LayoutProperties { DefaultBorderRadius = "12px" },
            Typography = new Typography
            {
                Default = new DefaultTypography
                {
                    FontFamily = Fonts,
                    FontSize = "0.9375rem",
                    LineHeight = "1.4667",
                    LetterSpacing = "normal",
                },
                Button = new ButtonTypography
                {
                    FontFamily = Fonts,
                    FontSize = "0.9375rem",
                    FontWeight = "600",
                    TextTransform = "none",
                    LetterSpacing = "normal",
                },
            },
        };
}
