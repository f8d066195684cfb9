//! Icons: strokes on a 16 px grid, drawn inline so that none is ever fetched.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the documentation.
pub enum Glyph {
    Arrow,
    Check,
    Columns,
    Copy,
    Disk,
    Down,
    Download,
    Edit,
    External,
    Eye,
    File,
    Globe,
    Help,
    Info,
    Key,
    Launch,
    Link,
    Lock,
    Moon,
    More,
    Pause,
    Play,
    Plus,
    Power,
    Read,
    Retry,
    Right,
    Search,
    Server,
    Share,
    SignOut,
    Stop,
    Sun,
    Screen,
    Terminal,
    Trash,
    Unlock,
    Up,
    UpDown,
    Volume,
    Warn,
    X,
}

impl Glyph {
    const fn path(self) -> &'static str {
        match self {
            Self::Arrow => "M8 13V3M4.5 6.5 8 3l3.5 3.5",
            Self::Check => "m3 8.5 3.25 3.25L13 4.75",
            Self::Columns => "M2.5 3.5h11v9h-11zM6.25 3.5v9M9.75 3.5v9",
            Self::Copy => {
                "M6.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1zM10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"
            }
            Self::Disk => "M2.5 9.5 4.25 3.5h7.5l1.75 6v3h-11zM2.5 9.5h11M11 11v.01",
            Self::Down => "m4 6 4 4 4-4",
            Self::Download => "M8 2.75v7.75M4.75 7.25 8 10.5l3.25-3.25M2.75 13.25h10.5",
            Self::Edit => "m3 13 .75-3L10.5 3.25l2.25 2.25L6 12.25z",
            Self::External => "M6.5 3.5h-3v9h9v-3M9.5 3h3.5v3.5M13 3 7.5 8.5",
            Self::Eye => {
                "M1.75 8C3.2 5.4 5.4 4 8 4s4.8 1.4 6.25 4C12.8 10.6 10.6 12 8 12s-4.8-1.4-6.25-4zM6.25 8a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0"
            }
            Self::File => "M4 1.75h5l3.25 3.25v9.25H4zM9 1.75V5h3.25",
            Self::Globe => {
                "M2.25 8a5.75 5.75 0 1 0 11.5 0a5.75 5.75 0 1 0-11.5 0M2.25 8h11.5M8 2.25c-3 3-3 8.5 0 11.5c3-3 3-8.5 0-11.5"
            }
            Self::Help => {
                "M2.25 8a5.75 5.75 0 1 0 11.5 0a5.75 5.75 0 1 0-11.5 0M6.25 6.5a1.75 1.75 0 1 1 2.4 1.6c-.45.2-.65.5-.65 1M8 11.25v.01"
            }
            Self::Info => "M2.25 8a5.75 5.75 0 1 0 11.5 0a5.75 5.75 0 1 0-11.5 0M8 7.5V11M8 5v.01",
            Self::Key => {
                "M2.5 10.75a2.75 2.75 0 1 0 5.5 0a2.75 2.75 0 1 0-5.5 0M7.25 8.75l5.5-5.5M10.5 5.5l2 2"
            }
            Self::Launch => "M2.5 13.5h11M4 10.5 12 3M6.5 3H12v5.5",
            Self::Link => {
                "M6.75 9.25l2.5-2.5M7.25 5l1.6-1.6a2.65 2.65 0 0 1 3.75 3.75L11 8.75M8.75 11l-1.6 1.6a2.65 2.65 0 0 1-3.75-3.75L5 7.25"
            }
            Self::Lock => {
                "M4.5 7h7a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zM5.5 7V5a2.5 2.5 0 0 1 5 0v2"
            }
            Self::Unlock => {
                "M4.5 7h7a1 1 0 0 1 1 1v4.5a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zM5.5 7V4.5a2.5 2.5 0 0 1 4.85-.85"
            }
            Self::Moon => "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z",
            Self::More => "M3.5 8h.01M8 8h.01M12.5 8h.01",
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Play => "M4.75 3.25v9.5L12.5 8z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Power => "M8 2v5.5M5 4.1a5 5 0 1 0 6 0",
            Self::Read => "M2.5 5V3h2M11.5 3h2v2M13.5 11v2h-2M4.5 13h-2v-2M5 8h6",
            Self::Retry => "M13 8a5 5 0 1 1-1.5-3.55M13 2.5v2.75h-2.75",
            Self::Right => "m6 4 4 4-4 4",
            Self::Screen => "M2.5 3.25h11v7.5h-11zM5.5 13.25h5M8 10.75v2.5",
            Self::Search => {
                "M2.75 7a4.25 4.25 0 1 0 8.5 0a4.25 4.25 0 1 0-8.5 0M10.25 10.25l3.25 3.25"
            }
            Self::Server => {
                "M3.5 2.75h9a1 1 0 0 1 1 1V6a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V3.75a1 1 0 0 1 1-1zM3.5 9h9a1 1 0 0 1 1 1v2.25a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1zM5 4.9v.01M5 11.1v.01"
            }
            Self::Share => {
                "M2.5 8a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0M10 4a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0M10 12a1.75 1.75 0 1 0 3.5 0a1.75 1.75 0 1 0-3.5 0M5.8 7.2l4.4-2.4M5.8 8.8l4.4 2.4"
            }
            Self::SignOut => "M9.5 3.5v-1h-7v11h7v-1M6 8h7.5M11 5.25 13.75 8 11 10.75",
            Self::Stop => "M4 4h8v8H4z",
            Self::Sun => {
                "M5.5 8a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9"
            }
            Self::Terminal => "M2.5 3.5h11v9h-11zM5 6.5 6.75 8 5 9.5M8.5 10h2.5",
            Self::Trash => "M2.75 4.25h10.5M6 4.25v-1.5h4v1.5M4 4.25l.75 9.25h6.5L12 4.25",
            Self::Up => "M8 10.5V2.75M4.75 6 8 2.75 11.25 6M2.75 13.25h10.5",
            Self::UpDown => "m5 6 3-3 3 3M5 10l3 3 3-3",
            Self::Volume => {
                "M3 4c0-1 2.25-1.75 5-1.75S13 3 13 4S10.75 5.75 8 5.75S3 5 3 4zM3 4v8c0 1 2.25 1.75 5 1.75S13 13 13 12V4M3 8c0 1 2.25 1.75 5 1.75S13 9 13 8"
            }
            Self::Warn => "M8 2.5 14.25 13.5H1.75zM8 6.5v3.25M8 11.75v.01",
            Self::X => "m4 4 8 8M12 4l-8 8",
        }
    }

    const fn is_bold(self) -> bool {
        matches!(self, Self::More | Self::Pause)
    }
}

/// A meaning that has a colour. Never the only carrier of that meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Went well.
    Ok,
    /// Mind this.
    Warn,
    /// Failed, or cannot be undone.
    Danger,
    /// Belongs to work under way or to what was read from the file.
    Accent,
    /// Steps back.
    Faint,
}

impl Tone {
    /// The value of `data-tone` that the style sheets know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Danger => "danger",
            Self::Accent => "accent",
            Self::Faint => "faint",
        }
    }
}

/// An icon beside a word. It is hidden from assistive technology: the word carries the meaning.
#[component]
pub fn Icon(
    /// What it shows.
    glyph: Glyph,
    /// The 14 px size that fits into controls and lines of text.
    #[prop(optional)]
    small: bool,
    /// Its colour, when it is not that of the text.
    #[prop(optional, into)]
    tone: Option<Tone>,
) -> impl IntoView {
    view! {
        <svg
            class="icon"
            class:icon--s=small
            class:icon--bold=glyph.is_bold()
            data-tone=tone.map(Tone::name)
            viewBox="0 0 16 16"
            aria-hidden="true"
        >
            <path d=glyph.path() />
        </svg>
    }
}
