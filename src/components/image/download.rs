//! Saving an image's data to this computer: how this browser does it, or the command that does it anywhere.

use leptos::prelude::*;
use openstack::image::Image;

use super::actions::ImageActions;
use super::display_name;
use crate::downloads::{MOST_IN_MEMORY, Way, use_downloads};
use crate::text::language::turns;
use crate::text::{format, shell, tr, tr_with};
use crate::ui::{Button, ButtonKind, CopyButton, Glyph, Note, Tone};

/// The dialog's body and foot.
#[component]
pub(super) fn DownloadImage(
    /// The page's actions.
    actions: ImageActions,
    /// The image.
    image: Image,
) -> impl IntoView {
    let downloads = use_downloads();
    let size = image.size_bytes.unwrap_or(0);
    let file = file_name(&image);
    let id = shell::quote(image.id.as_str());
    let command = format!("openstack image save --file {} {id}", shell::quote(&file));
    let way = Way::of_this_browser();
    let too_large = (way == Way::Memory && size > MOST_IN_MEMORY).then(|| {
        tr_with(
            "This browser can only keep a download in memory until it is whole, so {most} is the most. Use the command, or a browser made of Chromium.",
            &[("most", &format::bytes(MOST_IN_MEMORY))],
        )
    });
    let how = match way {
        Way::Disk => tr(
            "You choose a file; the data goes straight to the disk, whatever its size. Then the file is read once more and its SHA-512 compared with the cloud’s.",
        ),
        Way::Memory => tr(
            "The data is kept in memory until it is whole, compared with the cloud’s SHA-512, and then saved among your downloads.",
        ),
    };
    let sum = tr_with("{file}, {size}", &[("file", &file), ("size", &format::bytes(size))]);
    let why_not = Signal::stored(too_large);
    let press = {
        let (image, file) = (image.clone(), file.clone());
        move |_| {
            downloads.start(actions.cloud.get_value(), &image, display_name(&image), file.clone());
            actions.open.set(false);
        }
    };
    let copied = command.clone();
    view! {
        <div class="dialog__body">
            <p><b>{sum}</b></p>
            <Show
                when=move || why_not.read().is_none()
                fallback=move || view! {
                    <Note still=true tone=Tone::Warn title=tr("Too large for this browser") text=why_not.get() />
                }
            >
                <p class="muted">{how}</p>
                <p class="muted">{tr("You may leave this page meanwhile, but not close the tab: a download cannot be resumed.")}</p>
            </Show>
            <div class="code">
                <div class="code__head">
                    <span class="code__kind">{tr("The same on the command line")}</span>
                    <CopyButton text=copied what=tr("command") />
                </div>
                <code class="code__text code__text--wrap">{command}</code>
            </div>
        </div>
        <div class="dialog__foot">
            <Button on_press=move |_| actions.open.set(false)>{tr("Close")}</Button>
            <Button
                kind=ButtonKind::Primary
                icon=Glyph::Download
                on_press=press
                why_not=why_not
                reason_at="too-large"
            >{tr("Download")}</Button>
        </div>
    }
}

/// So many bytes of a name are taken: file systems hold 255, the ending and the browser's own " (1)" included.
const LONGEST_NAME: usize = 220;

/// The image's name with its format as the ending, without what file systems refuse or what hides the ending.
pub fn file_name(image: &Image) -> String {
    let format = plain(image.disk_format.as_deref().unwrap_or("img"));
    let name = plain(&display_name(image));
    let name = name.get(..name.floor_char_boundary(LONGEST_NAME)).unwrap_or_default();
    let name = name.trim_matches(['.', ' ', '-']);
    let name = if name.is_empty() { image.id.as_str() } else { name };
    let has_ending = name.to_ascii_lowercase().ends_with(&format!(".{format}"));
    if has_ending { name.to_owned() } else { format!("{name}.{format}") }
}

fn plain(text: &str) -> String {
    let refused = |c: char| c.is_control() || turns(c) || "/\\:*?\"<>|".contains(c);
    text.chars().map(|c| if refused(c) { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_are_named_after_the_image_and_its_format() {
        let check = |name: Option<&str>, format: Option<&str>, expected: &str| {
            let image: Image =
                serde_json::from_value(json!({"id": "8c1f", "name": name, "disk_format": format}))
                    .expect("an image");
            assert_eq!(file_name(&image), expected);
        };
        check(Some("erp-golden"), Some("qcow2"), "erp-golden.qcow2");
        check(Some("debian.QCOW2"), Some("qcow2"), "debian.QCOW2");
        check(Some("../etc/passwd"), Some("raw"), "etc-passwd.raw");
        check(Some("a:b?"), None, "a-b.img");
        check(Some("..."), Some("iso"), "8c1f.iso");
        check(Some("a"), Some("raw/../b"), "a.raw-..-b");
        check(Some("invoice\u{202e}gpj"), Some("raw"), "invoice-gpj.raw");
        check(Some("</script>\u{7}\n\u{0}"), None, "script.img");
        check(Some(&"å".repeat(255)), Some("qcow2"), &format!("{}.qcow2", "å".repeat(110)));
    }
}
