//! Who is signed in and until when; theme; sign out.

use leptos::prelude::*;

use crate::clock;
use crate::session::Account;
use crate::text::format;
use crate::theme::Theme;
use crate::ui::{ConfirmDialog, Glyph, Menu, MenuAlign, MenuItem, MenuRule, MenuTitle};

/// The button with the user's name, and its menu.
#[component]
pub fn PersonMenu() -> impl IntoView {
    let account = expect_context::<Account>();
    let uploads = crate::uploads::use_uploads();
    let name = Memo::new(move |_| {
        account.current().read().as_ref().map(|cloud| cloud.user().name.clone()).unwrap_or_default()
    });
    let until = move || {
        account.ends_at().map(|ends_at| {
            format!("Signed in until {}", format::time_of_day(ends_at, clock::offset_at(ends_at)))
        })
    };
    let theme = RwSignal::new(Theme::kept());
    let confirming = RwSignal::new(false);
    let leave = move |()| {
        if untrack(|| uploads.under_way()) > 0 { confirming.set(true) } else { account.sign_out() }
    };
    let question = Signal::derive(move || {
        format!("Sign out and stop {}?", format::count(uploads.under_way(), "upload", "uploads"))
    });
    let button = move || {
        view! {
            <span class="person__initials" aria-hidden="true">{move || initials(&name.get())}</span>
            <span class="person__text">
                <span class="truncate">{move || name.get()}</span>
                <span class="person__note">{until}</span>
            </span>
        }
    };
    view! {
        <Menu button_class="person" button=button align=MenuAlign::Up>
            <MenuTitle>"Appearance"</MenuTitle>
            {Theme::ALL.map(|choice| view! {
                <MenuItem
                    icon=match choice {
                        Theme::System => Glyph::Screen,
                        Theme::Light => Glyph::Sun,
                        Theme::Dark => Glyph::Moon,
                    }
                    current=Signal::derive(move || theme.get() == choice)
                    on_press=move |()| { choice.choose(); theme.set(choice) }
                >{choice.word()}</MenuItem>
            }).collect_view()}
            <MenuRule />
            <MenuItem icon=Glyph::SignOut on_press=leave>"Sign out"</MenuItem>
        </Menu>
        <ConfirmDialog
            open=confirming
            title=question
            confirm="Sign out"
            cancel="Stay"
            danger=true
            on_confirm=move |()| { confirming.set(false); account.sign_out() }
        >
            <p>"What was sent of them is thrown away, and their images are left without data. Images that are complete stay."</p>
        </ConfirmDialog>
    }
}

/// "lena.wester" is LW, "demo" is DE.
fn initials(name: &str) -> String {
    let words: Vec<&str> =
        name.split(['.', '-', '_', ' ', '@']).filter(|word| !word.is_empty()).collect();
    let letters: String = match words.as_slice() {
        [] => String::new(),
        [word] => word.chars().take(2).collect(),
        [first, second, ..] => first.chars().take(1).chain(second.chars().take(1)).collect(),
    };
    letters.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_two_letters_at_most() {
        let check = |name: &str, expected: &str| assert_eq!(initials(name), expected);
        check("lena.wester", "LW");
        check("demo", "DE");
        check("å", "Å");
        check("..", "");
    }
}
