//! The last lines that the instance wrote to its serial console: as many as wanted, followed while they come, or all of them
//! as a file.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use openstack::ApiError;
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::Known;
use crate::clock;
use crate::cloud::{Cloud, use_cloud};
use crate::components::ErrorNote;
use crate::remote::{Phase, Remote};
use crate::text::{errors, format, tr, tr_with};
use crate::ui::{Button, ButtonKind, Choice, Glyph, Panel, Select, Skeleton, Toast, Toasts};

/// As many lines as tell how a boot went.
const LINES: u32 = 200;
/// More than any log has: Nova gives what there is.
const ALL: u32 = 1_000_000;
/// Reading it costs the host something; a boot is still seen as it goes.
const FOLLOW: Duration = Duration::from_secs(4);
/// So near the end counts as there, in pixels.
const NEAR_END: i32 = 24;

/// The log of the page. Cheap to copy.
#[derive(Clone, Copy)]
struct Log {
    cloud: StoredValue<Cloud>,
    toasts: Toasts,
    known: Known,
    text: RwSignal<Remote<String>>,
    lines: RwSignal<String>,
    follow: RwSignal<bool>,
    saving: RwSignal<bool>,
}

impl Log {
    fn id(self) -> Option<openstack::ServerId> {
        self.known.server.with_untracked(|server| server.as_ref().map(|server| server.id.clone()))
    }

    fn read(self) {
        if self.text.with_untracked(|text| text.refreshing) {
            return;
        }
        self.text.update(|text| text.refreshing = true);
        let (cloud, id) = (self.cloud.get_value(), self.id());
        let lines = self.lines.get_untracked().parse().unwrap_or(LINES);
        spawn_local(async move {
            let Some(id) = id else { return };
            let answer = ask(&cloud, &id, lines).await;
            self.text.try_update(|text| text.settle(answer, clock::now()));
            // Another length was chosen meanwhile.
            let now = self.lines.try_with_untracked(|now| now.parse().unwrap_or(LINES));
            if now.is_some_and(|now| now != lines) {
                self.read();
            }
        });
    }

    /// Saves all of it as a file: what the page shows may be only its end.
    fn save(self) {
        self.saving.set(true);
        let (cloud, id) = (self.cloud.get_value(), self.id());
        let name = self
            .known
            .server
            .with_untracked(|server| server.as_ref().map(|server| server.name.clone()))
            .unwrap_or_default();
        spawn_local(async move {
            let Some(id) = id else { return };
            let answer = cloud.console_log(&id, ALL).await;
            self.saving.try_set(false);
            match answer {
                Ok(text) => {
                    if hand_over(&text, &format!("{}-console.log", file_name(&name))).is_err() {
                        self.toasts.show(Toast::danger(
                            tr("The browser did not save the console log"),
                            tr("It can be marked in the page and copied instead.").to_owned(),
                        ));
                    }
                }
                Err(error) => {
                    let words = errors::api(&error, None);
                    self.toasts.show(Toast::danger(words.title.clone(), words.text_with_request()));
                }
            }
        });
    }
}

/// The panel. It asks once when it is shown, and then when the user does or follows.
#[component]
pub fn ConsoleLog(
    /// The instance.
    known: Known,
) -> impl IntoView {
    let log = Log {
        cloud: StoredValue::new(use_cloud()),
        toasts: expect_context::<Toasts>(),
        known,
        text: RwSignal::new(Remote::default()),
        lines: RwSignal::new(LINES.to_string()),
        follow: RwSignal::new(false),
        saving: RwSignal::new(false),
    };
    log.read();
    Effect::new(move || {
        if !log.follow.get() {
            return;
        }
        let look = move || {
            if !document().hidden() {
                log.read();
            }
        };
        match set_interval_with_handle(look, FOLLOW) {
            Ok(handle) => on_cleanup(move || handle.clear()),
            Err(error) => leptos::logging::error!("the browser gives no timer: {error:?}"),
        }
    });
    let at = move || {
        log.text.with(|text| text.data.as_ref().map(|data| data.received_at)).map(|then| {
            tr_with("as of {time}", &[("time", &format::time_of_day(then, clock::offset_at(then)))])
        })
    };
    view! {
        <Panel title=tr("Console log") note=move || view! { {at} }>
            {tools(log)}
            <Contents log=log />
        </Panel>
    }
}

/// How much of it, whether it is followed, anew, and as a file.
fn tools(log: Log) -> AnyView {
    let options = Signal::derive(|| {
        let last = |lines: u32| {
            let count = format::thousands(u64::from(lines));
            Choice::new(lines.to_string(), tr_with("last {count} lines", &[("count", &count)]))
        };
        vec![last(50), last(LINES), last(1000), Choice::new(ALL.to_string(), tr("all of it"))]
    });
    let busy = Signal::derive(move || log.text.with(|text| text.refreshing) && !log.follow.get());
    view! {
        <div class="console__tools">
            <Select
                value=log.lines
                options=options
                aria_label=tr("How much of the console log")
                on_change=move |_| log.read()
            />
            <label class="console__follow">
                <input
                    type="checkbox"
                    class="tick"
                    prop:checked=log.follow
                    on:change:target=move |event| log.follow.set(event.target().checked())
                />
                {tr("Follow")}
            </label>
            <span class="console__ends">
                <Button kind=ButtonKind::Quiet small=true icon=Glyph::Retry busy=busy on_press=move |_| log.read()>
                    {tr("Refresh")}
                </Button>
                <Button
                    kind=ButtonKind::Quiet
                    small=true
                    icon=Glyph::Download
                    busy=log.saving
                    on_press=move |_| log.save()
                >
                    {tr("Download")}
                </Button>
            </span>
        </div>
    }
    .into_any()
}

async fn ask(cloud: &Cloud, id: &openstack::ServerId, lines: u32) -> Result<String, ApiError> {
    cloud.console_log(id, lines).await.map(|text| plain(&text))
}

/// Gives a text to the browser's own downloads.
fn hand_over(text: &str, name: &str) -> Result<(), JsValue> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let url = Url::create_object_url_with_blob(&Blob::new_with_str_sequence(&parts)?)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser has read it by then; kept for good it would take its memory.
    set_timeout(
        move || {
            if Url::revoke_object_url(&url).is_err() {
                leptos::logging::warn!("a download's address stays until the page is left");
            }
        },
        Duration::from_secs(60),
    );
    Ok(())
}

/// What file systems take without complaint.
fn file_name(name: &str) -> String {
    let fine = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let name: String = name.chars().map(|letter| if fine(letter) { letter } else { '-' }).collect();
    let name = name.trim_matches(['.', '-']);
    if name.is_empty() { "instance".to_owned() } else { name.to_owned() }
}

#[component]
fn Contents(log: Log) -> impl IntoView {
    let phase = Memo::new(move |_| log.text.with(Remote::phase));
    let error = Memo::new(move |_| log.text.with(|text| text.error.clone()));
    let text = Memo::new(move |_| log.text.with(|log| log.value().cloned().unwrap_or_default()));
    let element: NodeRef<html::Pre> = NodeRef::new();
    // Whoever reads further up is not taken away from it by new lines.
    let at_end = StoredValue::new(true);
    let on_scroll = move |_| {
        if let Some(element) = element.get_untracked() {
            let below = element.scroll_height() - element.client_height() - element.scroll_top();
            at_end.set_value(below <= NEAR_END);
        }
    };
    Effect::new(move || {
        text.track();
        if let Some(element) = element.get()
            && at_end.get_value()
        {
            element.set_scroll_top(element.scroll_height());
        }
    });
    view! {
        {move || error.get().map(|error| view! {
            <ErrorNote error=Signal::stored(error) on_retry=move |()| log.read() />
        })}
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
                    <pre
                        class="console"
                        tabindex="0"
                        role="region"
                        aria-label=tr("Lines of the console log")
                        node_ref=element
                        on:scroll=on_scroll
                    >{move || text.get()}</pre>
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
    use super::{file_name, plain};

    #[test]
    fn what_only_a_terminal_understands_is_left_out() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected);
        check("[\u{1b}[0;32m  OK  \u{1b}[0m] Started\r\n", "[  OK  ] Started\n");
        check("\u{1b}]0;title\u{7}login: ", "login: ");
        check("\u{1b}[2J\u{1b}[H\tå\u{0}", "\tå");
        check("broken \u{1b}[", "broken ");
    }

    #[test]
    fn the_file_is_called_as_the_instance() {
        let check = |name: &str, expected: &str| assert_eq!(file_name(name), expected);
        check("web-1", "web-1");
        check("a/b: c", "a-b--c");
        check("..", "instance");
    }
}
