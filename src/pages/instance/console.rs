//! The last lines that the instance wrote to its serial console.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use openstack::ApiError;

use super::Known;
use crate::clock;
use crate::cloud::{Cloud, use_cloud};
use crate::components::ErrorNote;
use crate::remote::{Phase, Remote};
use crate::text::{format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Glyph, Panel, Skeleton};

/// As many lines as tell how a boot went.
const LINES: u32 = 200;

/// The panel. It asks once when it is shown and then only when the user does: reading it costs the host something.
#[component]
pub fn ConsoleLog(
    /// The instance.
    known: Known,
) -> impl IntoView {
    let cloud = StoredValue::new(use_cloud());
    let log = RwSignal::new(Remote::<String>::default());
    let read = move || {
        log.update(|log| log.refreshing = true);
        let cloud = cloud.get_value();
        let id =
            known.server.with_untracked(|server| server.as_ref().map(|server| server.id.clone()));
        spawn_local(async move {
            let Some(id) = id else { return };
            let answer = ask(&cloud, &id).await;
            log.try_update(|log| log.settle(answer, clock::now()));
        });
    };
    read();
    let busy = Signal::derive(move || log.with(|log| log.refreshing));
    let at = move || {
        log.with(|log| log.data.as_ref().map(|data| data.received_at)).map(|then| {
            tr_with("as of {time}", &[("time", &format::time_of_day(then, clock::offset_at(then)))])
        })
    };
    view! {
        <Panel
            title=tr("Console log")
            note=move || view! {
                <span class="row">
                    {at}
                    <Button kind=ButtonKind::Quiet small=true icon=Glyph::Retry busy=busy on_press=move |_| read()>{tr("Refresh")}</Button>
                </span>
            }
        >
            <Contents log=log on_retry=move |()| read() />
        </Panel>
    }
}

async fn ask(cloud: &Cloud, id: &openstack::ServerId) -> Result<String, ApiError> {
    cloud.console_log(id, LINES).await.map(|text| plain(&text))
}

#[component]
fn Contents(log: RwSignal<Remote<String>>, #[prop(into)] on_retry: Callback<()>) -> impl IntoView {
    let phase = Memo::new(move |_| log.with(Remote::phase));
    let error = Memo::new(move |_| log.with(|log| log.error.clone()));
    let text = Memo::new(move |_| log.with(|log| log.value().cloned().unwrap_or_default()));
    let element: NodeRef<html::Pre> = NodeRef::new();
    // The newest lines are at the end.
    Effect::new(move || {
        text.track();
        if let Some(element) = element.get() {
            element.set_scroll_top(element.scroll_height());
        }
    });
    view! {
        {move || error.get().map(|error| view! { <ErrorNote error=Signal::stored(error) on_retry=on_retry /> })}
        {move || match phase.get() {
            Phase::Loading => view! { <Skeleton lines=5 /> }.into_any(),
            Phase::Failed => ().into_any(),
            Phase::Ready => view! {
                <Show
                    when=move || !text.read().trim().is_empty()
                    fallback=|| view! {
                        <p class="small muted">
                            {tr("Nothing yet. Systems that do not write to the serial console (")}<code>"console=ttyS0"</code>
                            {tr(" on Linux) stay silent here.")}
                        </p>
                    }
                >
                    <pre class="console" tabindex="0" role="region" aria-label=tr("Lines of the console log") node_ref=element>{move || text.get()}</pre>
                </Show>
            }.into_any(),
        }}
    }
}

/// The text without what only a terminal understands: colours, cursor moves, carriage returns.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\u{1b}' => match letters.next() {
                // A control sequence ends with a letter or one of `@[\]^_{|}~`.
                Some('[') => {
                    while letters.next().is_some_and(|next| !('@'..='~').contains(&next)) {}
                }
                // An operating system command ends with BEL or ESC backslash.
                Some(']') => {
                    while let Some(next) = letters.next() {
                        if next == '\u{7}' {
                            break;
                        }
                        if next == '\u{1b}' {
                            letters.next();
                            break;
                        }
                    }
                }
                _ => {}
            },
            '\n' | '\t' => out.push(letter),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn what_only_a_terminal_understands_is_left_out() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected);
        check("[\u{1b}[0;32m  OK  \u{1b}[0m] Started\r\n", "[  OK  ] Started\n");
        check("\u{1b}]0;title\u{7}login: ", "login: ");
        check("\u{1b}[2J\u{1b}[H\tå\u{0}", "\tå");
        check("broken \u{1b}[", "broken ");
    }
}
