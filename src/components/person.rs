//! Who is signed in and until when; theme; sign out.

use leptos::prelude::*;

use super::language::{LanguageDialog, LanguageItems, Switching};
use crate::captures::{Captures, use_captures};
use crate::clock;
use crate::routes;
use crate::session::Account;
use crate::text::{format, tr, tr_with};
use crate::theme::Theme;
use crate::ui::{ConfirmDialog, Glyph, Menu, MenuAlign, MenuItem, MenuLink, MenuRule, MenuTitle};
use crate::uploads::{Uploads, use_uploads};

/// What the person's menu and the command palette both do. In context; cheap to copy.
#[derive(Clone, Copy)]
pub struct Person {
    /// The appearance chosen.
    pub theme: RwSignal<Theme>,
    /// The question before uploads are stopped by signing out.
    confirming: RwSignal<bool>,
    account: Account,
    uploads: Uploads,
    captures: Captures,
}

impl Person {
    /// As the browser has kept it.
    pub fn new() -> Self {
        Self {
            theme: RwSignal::new(Theme::kept()),
            confirming: RwSignal::new(false),
            account: expect_context::<Account>(),
            uploads: use_uploads(),
            captures: use_captures(),
        }
    }

    /// Another appearance.
    pub fn choose(self, theme: Theme) {
        theme.choose();
        self.theme.set(theme);
    }

    /// Signs out; asks first when that would break off uploads.
    pub fn leave(self) {
        if untrack(|| self.uploads.under_way() + self.captures.need_tab()) > 0 {
            self.confirming.set(true);
        } else {
            self.account.sign_out();
        }
    }
}

impl Default for Person {
    fn default() -> Self {
        Self::new()
    }
}

/// The button with the user's name, and its menu.
#[component]
pub fn PersonMenu() -> impl IntoView {
    let person = expect_context::<Person>();
    let Person { theme, confirming, account, uploads, captures } = person;
    let name = Memo::new(move |_| {
        account.current().read().as_ref().map(|cloud| cloud.user().name.clone()).unwrap_or_default()
    });
    let until = move || {
        account.ends_at().map(|ends_at| {
            let time = format::time_of_day(ends_at, clock::offset_at(ends_at));
            tr_with("Signed in until {time}", &[("time", &time)])
        })
    };
    let switching = Switching::new();
    let question = Signal::derive(move || {
        if uploads.under_way() == 0 {
            return tr("Sign out?").to_owned();
        }
        let count = format::count(uploads.under_way(), "upload", "uploads");
        tr_with("Sign out and stop {uploads}?", &[("uploads", &count)])
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
            <MenuTitle>{tr("Appearance")}</MenuTitle>
            {Theme::ALL.map(|choice| view! {
                <MenuItem
                    icon=match choice {
                        Theme::System => Glyph::Screen,
                        Theme::Light => Glyph::Sun,
                        Theme::Dark => Glyph::Moon,
                    }
                    current=Signal::derive(move || theme.get() == choice)
                    on_press=move |()| person.choose(choice)
                >{choice.word()}</MenuItem>
            }).collect_view()}
            <MenuRule />
            <LanguageItems switching=switching />
            <MenuRule />
            <MenuLink href=routes::CHECK icon=Glyph::Help>{tr("Check the cloud")}</MenuLink>
            <MenuRule />
            <MenuItem icon=Glyph::SignOut on_press=move |()| person.leave()>{tr("Sign out")}</MenuItem>
        </Menu>
        <LanguageDialog switching=switching />
        <ConfirmDialog
            open=confirming
            title=question
            confirm=tr("Sign out")
            cancel=tr("Stay")
            danger=true
            on_confirm=move |()| { confirming.set(false); account.sign_out() }
        >
            {move || (captures.need_tab() > 0).then(|| view! {
                <p>{tr("An instance was shut down for its image: the rest of it is not done then, and it stays off until you sign in again and go on, or start it.")}</p>
            })}
            {move || (uploads.under_way() > 0).then(|| view! { <p>{tr("Of files in parts, what has arrived stays in the object store and need not be sent again. Of files in one piece, what was sent is thrown away, and their images are left without data. Images that are complete stay.")}</p> })}
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
