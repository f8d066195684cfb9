//! The place of the user data on the form.

use leptos::prelude::*;

use super::fields::Fields;
use super::form::Part;
use crate::text::tr;
use crate::ui::{Field, Section, TextArea};

/// The section.
#[component]
pub fn UserDataSection(
    /// The form.
    fields: Fields,
) -> impl IntoView {
    let hint = || Some(tr("For cloud-init: what happens at the first start.").to_owned());
    view! {
        <Section title=tr("User data")>
            <Field label=tr("cloud-config or script") optional=true hint=Signal::derive(hint) error=fields.error_at_once(Part::UserData) id=Part::UserData.anchor()>
                <TextArea value=fields.user_data rows=4 />
            </Field>
        </Section>
    }
}
