//! OS marks: a letter built of strokes on a quiet tile. Ours, not the vendors' logos.

use leptos::prelude::*;

/// The mark of an operating system. Decoration: its name always stands in words nearby.
#[component]
pub fn OsMark(
    /// The distribution as `os_distro` names it (libosinfo's short id); anything unknown gets a ring.
    #[prop(into)]
    distro: Signal<Option<String>>,
    /// The large one, beside a page's heading.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let mark = Memo::new(move |_| known(distro.read().as_deref().unwrap_or_default()));
    view! {
        <svg
            class="os"
            class:os--l=large
            data-os=move || mark.get().0
            viewBox="0 0 20 20"
            aria-hidden="true"
        >
            <path d=move || mark.get().1 />
        </svg>
    }
}

const A: &str = "M5.6 14.8 10 5.2l4.4 9.6M7.4 11.4h5.2";
const C: &str = "M13.6 7.2a4.7 4.7 0 1 0 0 5.6";
const D: &str = "M7.2 5.2h2.3a4.8 4.8 0 0 1 0 9.6H7.2z";
const F: &str = "M7.2 14.8V5.2h6M7.2 10h4.8";
const P: &str = "M7.2 14.8V5.2h3.2a3 3 0 0 1 0 6H7.2";
const R: &str = "M7 14.8V5.2h3.4a2.9 2.9 0 0 1 0 5.8H7m3.4 0 3 3.8";
const S: &str = "M13.2 6.6C12.5 5.6 11.3 5.2 10 5.2c-1.9 0-3.2.9-3.2 2.3C6.8 10.7 13.4 9 13.4 12.3c0 1.5-1.4 2.5-3.4 2.5-1.5 0-2.8-.5-3.5-1.6";
const U: &str = "M6.2 5.2v5.3a3.8 3.8 0 0 0 7.6 0V5.2";
const W: &str = "M4.6 5.4 7.2 14.6 10 7l2.8 7.6 2.6-9.2";
const RING: &str = "M6 10a4 4 0 1 0 8 0a4 4 0 1 0-8 0";

/// The colour's name in `osmark.css` and the letter.
fn known(distro: &str) -> (&'static str, &'static str) {
    match distro.to_ascii_lowercase().as_str() {
        "debian" => ("debian", D),
        "ubuntu" => ("ubuntu", U),
        "rocky" => ("rocky", R),
        "almalinux" | "alma" => ("almalinux", A),
        "arch" => ("cirros", A),
        "fedora" | "fedora-coreos" | "fedoracoreos" => ("fedora-coreos", F),
        "freebsd" => ("pfsense", F),
        "flatcar" => ("rocky", F),
        "rhel" => ("debian", R),
        "centos" | "centos-stream" => ("almalinux", C),
        "opensuse" | "sles" | "sle" | "suse" => ("opensuse", S),
        "cirros" => ("cirros", C),
        "pfsense" | "opnsense" => ("pfsense", P),
        "openbsd" => ("pfsense", "M10 5.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6"),
        "windows" => ("windows", W),
        _ => ("other", RING),
    }
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn unknown_systems_get_the_ring() {
        assert_eq!(known("Debian").0, "debian");
        assert_eq!(known("temple").0, "other");
    }
}
