//! The receipt: the digest that the cloud has of the data, and whether it is that of the file as this browser read it.

use leptos::prelude::*;
use openstack::image::Image;

use crate::components::image::Receipt;
use crate::text::{format, tr, tr_with};
use crate::ui::{CopyButton, Fact, Panel, Shape, Status, marked};

/// How the digests compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The cloud has none yet.
    Waits,
    /// This tab did not read the file.
    NotCompared,
    /// The same.
    Equal {
        /// How many bytes they are of.
        size_bytes: u64,
    },
    /// Not the same.
    Different,
    /// They are of different algorithms and say nothing about one another.
    Incomparable,
}

/// Compares what the cloud says with what was read here.
pub fn compare(image: &Image, receipt: Option<&Receipt>) -> Verdict {
    let (Some(value), algorithm) = (&image.hash_value, &image.hash_algo) else {
        return Verdict::Waits;
    };
    match receipt {
        None => Verdict::NotCompared,
        Some(receipt) if algorithm.as_deref() != Some(receipt.algorithm.as_str()) => {
            Verdict::Incomparable
        }
        Some(receipt) if receipt.value.eq_ignore_ascii_case(value) => {
            Verdict::Equal { size_bytes: receipt.size_bytes }
        }
        Some(_) => Verdict::Different,
    }
}

/// The panel.
#[component]
pub fn ReceiptPanel(
    /// The image.
    #[prop(into)]
    image: Signal<Image>,
    /// What this tab read of its file.
    #[prop(into)]
    receipt: Signal<Option<Receipt>>,
) -> impl IntoView {
    let verdict = Memo::new(move |_| {
        image.with(|image| receipt.with(|receipt| compare(image, receipt.as_ref())))
    });
    let status = move || match verdict.get() {
        Verdict::Equal { .. } => {
            Some(view! { <Status shape=Shape::Verified word=tr("Verified") /> })
        }
        Verdict::Different => Some(view! { <Status shape=Shape::Failed word=tr("Different") /> }),
        _ => None,
    };
    let name = Memo::new(move |_| {
        image.with(|image| {
            image.hash_algo.as_deref().map_or_else(|| "SHA-512".to_owned(), algorithm_name)
        })
    });
    let cloud_hash = Memo::new(move |_| image.with(|image| image.hash_value.clone()));
    let checksum = Memo::new(move |_| image.with(|image| image.checksum.clone()));
    view! {
        <Panel
            title=tr("Receipt")
            status=move || view! { {status} }
            note=move || view! { {move || tr_with("{algorithm} of the whole file", &[("algorithm", &name.get())])} }
        >
            <dl class="facts facts--plain">
                {move || receipt.get().map(|receipt| view! {
                    <Fact term=tr("Your file")><Hash value=receipt.value what=tr("digest of your file") /></Fact>
                })}
                <Fact term=tr("The cloud")>
                    {move || match cloud_hash.get() {
                        Some(value) => view! { <Hash value=value what=tr("digest in the cloud") /> }.into_any(),
                        None => view! { <span class="muted">{tr("Says its own when the data is stored")}</span> }.into_any(),
                    }}
                </Fact>
                {move || checksum.get().map(|value| view! {
                    <Fact term="MD5"><Hash value=value what="MD5" /></Fact>
                })}
                <Fact term=tr("Result")>{move || result(&verdict.get(), receipt.read().is_some(), image.with_untracked(|image| image.hash_algo.clone()))}</Fact>
            </dl>
        </Panel>
    }
}

fn result(verdict: &Verdict, sent_here: bool, algorithm: Option<String>) -> AnyView {
    match verdict {
        Verdict::Waits if !sent_here => {
            view! { <span class="muted">{tr("Nothing to compare with yet")}</span> }.into_any()
        }
        Verdict::Waits => view! { <span class="muted">{tr("Success is said only when both are equal")}</span> }.into_any(),
        Verdict::NotCompared => {
            let command = format!("{}sum", algorithm.unwrap_or_else(|| "sha512".to_owned()));
            view! {
                <span class="muted">
                    {marked(&tr_with("Not compared here: this tab did not send the file. `{command}` on the file has to give the same.", &[("command", &command)]))}
                </span>
            }
            .into_any()
        }
        Verdict::Equal { size_bytes } => {
            let word = tr_with("Equal, all {count} bytes", &[("count", &format::thousands(*size_bytes))]);
            view! { <Status shape=Shape::Verified word=word /> }.into_any()
        }
        Verdict::Different => view! {
            <Status shape=Shape::Failed word=tr("Not equal") />
            <span class="muted">" " {tr("What the cloud has is not your file. Do not use it: delete the image and send the file again.")}</span>
        }
        .into_any(),
        Verdict::Incomparable => view! {
            <span class="muted">{tr("Cannot be compared: the cloud uses another algorithm than this browser did.")}</span>
        }
        .into_any(),
    }
}

/// A digest: its ends stand out, as those are what people compare.
#[component]
fn Hash(#[prop(into)] value: String, #[prop(into)] what: String) -> impl IntoView {
    const END: usize = 16;
    let ends = value.len().checked_sub(2 * END).filter(|middle| *middle > 0).and_then(|middle| {
        let (start, rest) = value.split_at_checked(END)?;
        let (middle, end) = rest.split_at_checked(middle)?;
        Some((start.to_owned(), middle.to_owned(), end.to_owned()))
    });
    view! {
        <span class="digest">
            <span class="hash">
                {match ends {
                    Some((start, middle, end)) => view! { <b>{start}</b>{middle}<b>{end}</b> }.into_any(),
                    None => value.clone().into_any(),
                }}
            </span>
            <CopyButton text=value what=what />
        </span>
    }
}

/// "SHA-512" for `sha512`.
fn algorithm_name(word: &str) -> String {
    match word.strip_prefix("sha") {
        Some(bits) if !bits.is_empty() => format!("SHA-{bits}"),
        _ => word.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_said_only_of_equal_digests_of_one_algorithm() {
        let image = |algorithm: Option<&str>, value: Option<&str>| -> Image {
            serde_json::from_value(
                serde_json::json!({"id": "i", "os_hash_algo": algorithm, "os_hash_value": value}),
            )
            .expect("an image")
        };
        let receipt =
            Receipt { algorithm: "sha512".to_owned(), value: "3f9a".to_owned(), size_bytes: 7 };
        let check = |image: Image, receipt, expected: Verdict| {
            assert_eq!(compare(&image, receipt), expected)
        };
        check(
            image(Some("sha512"), Some("3F9A")),
            Some(&receipt),
            Verdict::Equal { size_bytes: 7 },
        );
        check(image(Some("sha512"), Some("3f9b")), Some(&receipt), Verdict::Different);
        check(image(Some("sha256"), Some("3f9a")), Some(&receipt), Verdict::Incomparable);
        check(image(None, Some("3f9a")), Some(&receipt), Verdict::Incomparable);
        check(image(Some("sha512"), Some("3f9a")), None, Verdict::NotCompared);
        check(image(None, None), Some(&receipt), Verdict::Waits);
        assert_eq!(algorithm_name("sha512"), "SHA-512");
    }
}
