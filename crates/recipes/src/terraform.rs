//! The launch as `openstack_compute_instance_v2` of terraform-provider-openstack.
//!
//! Arguments and what becomes of them: `openstack/resource_openstack_compute_instance_v2.go` of the provider, recorded in
//! `tests/provider.json`. What it has no argument for is said in the text and in [`Recipe::left_out`].

use serde_json::{Map, Value};

use crate::asked::{Asked, Networks, text_of};
use crate::hcl::{self, quote};
use crate::user_data;
use crate::{Launch, Place, Recipe};

/// Arguments or keys with their expressions.
type Pairs = Vec<(String, String)>;

/// A whole configuration, for a folder of its own.
pub fn recipe(launch: &Launch, place: &Place) -> Recipe {
    let asked = &launch.asked;
    let mut left_out = asked.other.clone();
    let resource = resource(asked, place, &mut left_out);
    let mut parts = vec![
        "terraform {\n  required_providers {\n    openstack = {\n      \
         source = \"terraform-provider-openstack/openstack\"\n    }\n  }\n}\n"
            .to_owned(),
    ];
    if let Some(region) = &place.region {
        parts.push(block("", "provider \"openstack\"", &[pair("region", quote(region))]));
    }
    if asked.password {
        let pairs = [pair("type", "string".to_owned()), pair("sensitive", "true".to_owned())];
        parts.push(block("", "variable \"admin_pass\"", &pairs));
    }
    parts.push(resource);
    Recipe::new(parts.join("\n").trim_end().to_owned(), launch, left_out)
}

fn resource(asked: &Asked, place: &Place, left_out: &mut Vec<String>) -> String {
    let mut pairs = Pairs::new();
    let mut put = |name: &str, expression: String| pairs.push(pair(name, expression));
    if asked.count > 1 {
        put("count", asked.count.to_string());
    }
    put("name", numbered(&asked.name, asked.count));
    if let Some(image) = &asked.image {
        put("image_id", quote(image));
    }
    match &place.flavor {
        Some(name) => put("flavor_name", quote(name)),
        None => put("flavor_id", quote(&asked.flavor)),
    }
    if let Some(key) = &asked.key {
        put("key_pair", quote(key));
    }
    if let Some(zone) = &asked.zone {
        put("availability_zone", quote(zone));
    }
    if let Networks::Word(word) = &asked.networks {
        put("network_mode", quote(word));
    }
    if !asked.groups.is_empty() {
        put("security_groups", list(&asked.groups));
    }
    if let Some(hostname) = &asked.hostname {
        // It asks for the microversion of the volume type, 2.67, and then Nova does not know the host name.
        if asked.devices.iter().any(|device| device.contains_key("volume_type")) {
            left_out.push("hostname".to_owned());
        } else {
            put("hostname", quote(hostname));
        }
    }
    if !asked.tags.is_empty() {
        put("tags", list(&asked.tags));
    }
    if asked.config_drive {
        put("config_drive", "true".to_owned());
    }
    if asked.password {
        put("admin_pass", "var.admin_pass".to_owned());
    }
    if !asked.metadata.is_empty() {
        let pairs: Pairs =
            asked.metadata.iter().map(|(key, value)| (quote(key), quote(value))).collect();
        put("metadata", format!("{{\n{}  }}", hcl::attributes("    ", &pairs)));
    }
    if let Some(data) = &asked.user_data {
        put("user_data", user_data(data));
    }
    if asked.description.is_some() {
        left_out.push("description".to_owned());
    }
    let mut blocks = String::new();
    for fields in &asked.devices {
        blocks.push_str(&device(fields, left_out));
    }
    if let Networks::These(nics) = &asked.networks {
        for fields in nics {
            blocks.push_str(&network(fields, left_out));
        }
    }
    if !asked.hints.is_empty() {
        blocks.push_str(&hints(asked));
    }
    let remarks: String = left_out
        .iter()
        .map(|field| format!("  # The provider cannot say this here: {}\n", one_line(field)))
        .collect();
    let attributes = hcl::attributes("  ", &pairs);
    format!(
        "resource \"openstack_compute_instance_v2\" \"instance\" {{\n{remarks}{attributes}{blocks}}}\n"
    )
}

fn pair(name: &str, expression: String) -> (String, String) {
    (name.to_owned(), expression)
}

fn block(indent: &str, head: &str, pairs: &[(String, String)]) -> String {
    let inner = format!("{indent}  ");
    format!("{indent}{head} {{\n{}{indent}}}\n", hcl::attributes(&inner, pairs))
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quote(item)).collect();
    format!("[{}]", items.join(", "))
}

/// Nova numbers several servers of one request itself; here they are requests of their own.
fn numbered(name: &str, count: u64) -> String {
    let quoted = quote(name);
    match quoted.strip_suffix('"') {
        _ if count < 2 => quoted,
        // Beside what is escaped no template: not every parser of HCL agrees about "$$${".
        Some(open) if !name.contains(['$', '%']) => format!("{open}-${{count.index + 1}}\""),
        _ => format!("format(\"%s-%d\", {quoted}, count.index + 1)"),
    }
}

fn device(fields: &Map<String, Value>, left_out: &mut Vec<String>) -> String {
    const KEYS: [&str; 7] = [
        "uuid",
        "source_type",
        "destination_type",
        "boot_index",
        "volume_size",
        "volume_type",
        "delete_on_termination",
    ];
    left_out.extend(fields.keys().filter(|key| !KEYS.contains(&key.as_str())).cloned());
    let word = |key: &str| {
        let expression = match fields.get(key)? {
            // The provider's own default is 0, which is booted from.
            Value::Null => "-1".to_owned(),
            Value::String(text) => quote(text),
            value => value.to_string(),
        };
        Some(pair(key, expression))
    };
    let pairs: Pairs = KEYS.into_iter().filter_map(word).collect();
    format!("\n{}", block("  ", "block_device", &pairs))
}

fn network(fields: &Map<String, Value>, left_out: &mut Vec<String>) -> String {
    let mut pairs = Pairs::new();
    for key in fields.keys() {
        let value = text_of(fields, key);
        let name = match key.as_str() {
            "uuid" => "uuid",
            "port" => "port",
            "fixed_ip" if value.as_ref().is_some_and(|ip| ip.contains(':')) => "fixed_ip_v6",
            "fixed_ip" => "fixed_ip_v4",
            _ => {
                left_out.push(key.clone());
                continue;
            }
        };
        pairs.extend(value.map(|value| pair(name, quote(&value))));
    }
    format!("\n{}", block("  ", "network", &pairs))
}

fn hints(asked: &Asked) -> String {
    let (known, other): (Vec<_>, Vec<_>) =
        asked.hints.iter().partition(|(hint, _)| *hint == "group");
    let quoted = |pairs: Vec<(&String, &String)>, key: fn(&str) -> String| -> Pairs {
        pairs.into_iter().map(|(hint, value)| (key(hint), quote(value))).collect()
    };
    let mut pairs = quoted(known, str::to_owned);
    if !other.is_empty() {
        let inner = hcl::attributes("      ", &quoted(other, quote));
        pairs.push(pair("additional_properties", format!("{{\n{inner}    }}")));
    }
    format!("\n{}", block("  ", "scheduler_hints", &pairs))
}

/// Text as it is where Terraform and the provider leave it alone, else as base64, which the provider passes on.
fn user_data(data: &[u8]) -> String {
    let text = user_data::readable(data)
        .filter(|text| hcl::is_left_alone(text) && !user_data::is_base64_itself(text));
    let Some(text) = text else { return quote(&user_data::base64(data)) };
    if text.contains("$${") || text.contains("%%{") {
        return quote(text);
    }
    let end = user_data::end_of(text);
    let lines = hcl::in_here_document(text);
    if text.ends_with('\n') {
        format!("<<{end}\n{lines}{end}")
    } else {
        format!("chomp(<<{end}\n{lines}\n{end}\n  )")
    }
}

/// For a remark: it ends with its line.
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}
