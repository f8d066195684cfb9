//! Ready pieces: what most people want at a first start.

use cloud_init::Snippet;
use leptos::prelude::*;

use super::editor::write_all;
use super::taking::Taking;
use crate::pages::launch::fields::Fields;
use crate::text::tr;
use crate::ui::{Button, ButtonKind, Glyph};

#[derive(Clone, Copy)]
enum Piece {
    User,
    Packages,
    Command,
    File,
}

impl Piece {
    const ALL: [Self; 4] = [Self::User, Self::Packages, Self::Command, Self::File];

    fn words(self) -> &'static str {
        match self {
            Self::User => tr("User with key"),
            Self::Packages => tr("Packages"),
            Self::Command => tr("Run a command"),
            Self::File => tr("Write a file"),
        }
    }

    fn snippet(self, key: Option<&str>, has_users: bool) -> Snippet {
        let entries = match self {
            Self::User => {
                let key = key.unwrap_or("ssh-ed25519 AAAA… you@example").trim();
                // The image's own user stays, and with it the key pair's way in.
                let default = if has_users { "" } else { "- default\n" };
                vec![(
                    "users",
                    format!(
                        "{default}- name: anna\n  groups: [sudo]\n  sudo: ALL=(ALL) NOPASSWD:ALL\n  shell: /bin/bash\n  ssh_authorized_keys:\n    - {key}"
                    ),
                )]
            }
            Self::Packages => {
                vec![("package_update", "true".to_owned()), ("packages", "- nginx".to_owned())]
            }
            Self::Command => vec![("runcmd", "- systemctl enable --now nginx".to_owned())],
            Self::File => vec![(
                "write_files",
                "- path: /etc/motd\n  permissions: '0644'\n  content: |\n    Welcome\n".to_owned(),
            )],
        };
        Snippet { entries }
    }
}

/// A button for each.
#[component]
pub(super) fn Snippets(
    /// The text.
    value: RwSignal<String>,
    /// The form, for the chosen key.
    fields: Fields,
    /// Says why one could not be put in.
    taking: Taking,
) -> impl IntoView {
    let put = move |piece: Piece| {
        let text = value.get_untracked();
        let has_users = text.lines().any(|line| line.starts_with("users:"));
        let key = fields.public_key();
        match cloud_init::add(&text, &piece.snippet(key.as_deref(), has_users)) {
            Some(text) => {
                taking.said.set(None);
                write_all(value, text);
            }
            None => taking.said.set(Some(
                tr("It was not put in: what is there is no cloud-config that it fits into, or says something else at the same key.").to_owned(),
            )),
        }
    };
    Piece::ALL
        .into_iter()
        .map(|piece| view! {
            <Button small=true kind=ButtonKind::Quiet icon=Glyph::Plus on_press=move |_| put(piece)>{piece.words()}</Button>
        })
        .collect_view()
        .into_any()
}

#[cfg(test)]
mod tests {
    use cloud_init::{Guest, Problem, check};

    use super::*;

    #[test]
    fn cloud_init_has_nothing_to_say_about_them() {
        let mut text = String::new();
        for piece in Piece::ALL {
            let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Ocw6M anna";
            text = cloud_init::add(&text, &piece.snippet(Some(key), false)).expect("it fits");
        }
        assert_eq!(check(text.as_bytes(), Guest::Linux).findings, [], "{text}");
        let again = cloud_init::add(&text, &Piece::User.snippet(None, true)).expect("it fits");
        let found = check(again.as_bytes(), Guest::Linux).findings;
        assert!(found.iter().all(|finding| finding.problem == Problem::NotPublicKey), "{found:?}");
        assert_eq!(again.matches("- default").count(), 1);
    }
}
