//! The state of a thing: a word, a shape and a colour (drawn in `style/components/status.css`).

use leptos::prelude::*;

/// The shape beside a status word. Several states of different services share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Full disc: ready for use, running.
    Active,
    /// Check: compared and equal.
    Verified,
    /// Check: finished.
    Done,
    /// Check: agreed to.
    Accepted,
    /// Ring: waits for its turn or for somebody.
    Queued,
    /// Ring: waits for an answer.
    Pending,
    /// Half disc: bytes go in, or something is being built.
    Uploading,
    /// Half disc: the cloud fetches.
    Importing,
    /// Half disc: the cloud stores.
    Saving,
    /// Ring with a point: being compared.
    Verifying,
    /// Two bars: stopped by the user.
    Paused,
    /// Broken ring: waits for the network.
    Offline,
    /// Ring with a bar: switched off.
    Deactivated,
    /// Diamond: went wrong.
    Failed,
    /// Diamond: refused.
    Rejected,
    /// Cross: going away.
    Deleting,
    /// Dashed square: a word of the cloud that we do not know.
    Unknown,
}

impl Shape {
    /// The value of `data-status` that the style sheets know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Verified => "verified",
            Self::Done => "done",
            Self::Accepted => "accepted",
            Self::Queued => "queued",
            Self::Pending => "pending",
            Self::Uploading => "uploading",
            Self::Importing => "importing",
            Self::Saving => "saving",
            Self::Verifying => "verifying",
            Self::Paused => "paused",
            Self::Offline => "offline",
            Self::Deactivated => "deactivated",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Deleting => "deleting",
            Self::Unknown => "unknown",
        }
    }
}

/// A status: shape, word and, where it helps, a note ("61 %").
#[component]
pub fn Status(
    /// The shape.
    #[prop(into)]
    shape: Signal<Shape>,
    /// The word.
    #[prop(into)]
    word: Signal<String>,
    /// What goes with it.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <span class="status" data-status=move || shape.get().name()>
            {move || word.get()}
            {move || note.get().map(|note| view! { " " <span class="status__note">{note}</span> })}
        </span>
    }
}
