//! The launch as a call of Nova's API with curl: the very body that the console would send.

use serde_json::Value;

use crate::shell::{in_here_document, quote};
use crate::{HIDDEN, Launch, Place, Recipe};

/// The call, with a token from the `openstack` client.
pub fn recipe(launch: &Launch, place: &Place) -> Recipe {
    let body = pretty(&launch.body);
    let url = format!("{}/servers", place.compute_url.trim_end_matches('/'));
    let lines = [
        format!("curl -sS --fail-with-body -X POST {}", quote(&url)),
        "-H \"X-Auth-Token: $(openstack token issue -f value -c id)\"".to_owned(),
        format!("-H 'OpenStack-API-Version: compute {}'", launch.version),
        "-H 'Content-Type: application/json'".to_owned(),
    ];
    let command = lines.join(" \\\n  ");
    // JSON has line ends in no string, so that no line of it can be the last word.
    let text = if launch.asked.password {
        let body = in_here_document(&body);
        let field = |value: &str| format!("\"adminPass\": \"{value}\"");
        let body = body.replacen(&field(HIDDEN), &field("${password:?}"), 1);
        format!(
            "password=$(printf %s \"${{ADMIN_PASS:?}}\" | sed 's/[\\\\\"]/\\\\&/g')\n\
             {command} \\\n  --data-binary @- <<BODY\n{body}\nBODY"
        )
    } else {
        format!("{command} \\\n  --data-binary @- <<'BODY'\n{body}\nBODY")
    };
    Recipe::new(text, launch, Vec::new())
}

fn pretty(body: &Value) -> String {
    format!("{body:#}")
}
