//! The Terraform recipe read back: its arguments are those of the provider's schema (recorded in `provider.json`), and
//! what the provider makes of them is the request that the console sends.
//!
//! Neither Terraform nor the provider runs here: the language is read and evaluated by `hcl-rs`, and [`provider`] does what
//! `resourceComputeInstanceV2Create` and gophercloud's `ToServerCreateMap` do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use hcl::eval::{Context, Evaluate, FuncDef, ParamType};
use hcl::{Body, Structure};
use openstack::compute::{BootFrom, CreateServer, Networks, SnapshotDisk, user_data};
use openstack::identity::Secret;
use openstack::{FlavorId, ImageId, Microversion, NetworkId};
use recipes::{Launch, Place, Recipe, terraform};
use serde_json::{Map, Value, json};

const WANTED: Microversion = Microversion::new(2, 96);
const HOSTILE: &str = "-it's \"$HOME\" `id` ${x} $${y} $$${z} %{if} %%{for} $ % \\n \\ !! å 日本";

fn place() -> Place {
    Place {
        region: Some("dev-1".to_owned()),
        compute_url: "https://cloud.example/v2.1".to_owned(),
        flavor: Some("gp.2x8".to_owned()),
        ..Place::default()
    }
}

fn server() -> CreateServer {
    let boot = BootFrom::LocalDisk { image: ImageId::from("img") };
    CreateServer::new("web-1", FlavorId::from("f1"), boot, these(&["n1"]))
}

fn these(ids: &[&str]) -> Networks {
    Networks::These(ids.iter().map(|id| NetworkId::from(*id)).collect())
}

fn recipe(server: &CreateServer) -> Recipe {
    terraform::recipe(&Launch::of(server, WANTED).unwrap(), &place())
}

/// The text, evaluated for the instance of that number.
fn evaluated(text: &str, index: u64) -> Body {
    let mut context = Context::new();
    context.declare_var("string", "string");
    context.declare_var("var", hcl::value!({ admin_pass = "secret" }));
    context.declare_var("count", hcl::value!({ index = index }));
    let chomp = FuncDef::builder().param(ParamType::String).build(|arguments| {
        Ok(arguments[0].as_str().unwrap_or_default().trim_end_matches(['\n', '\r']).into())
    });
    context.declare_func("chomp", chomp);
    let numbered = FuncDef::builder().params([ParamType::Any, ParamType::Any, ParamType::Any]);
    let numbered = numbered.build(|arguments| {
        assert_eq!(arguments[0].as_str(), Some("%s-%d"));
        let name = arguments[1].as_str().unwrap_or_default();
        Ok(format!("{name}-{}", arguments[2].as_u64().unwrap_or_default()).into())
    });
    context.declare_func("format", numbered);
    let body: Body = hcl::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    body.evaluate(&context).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A block as JSON: arguments, and lists of blocks by name.
fn json_of(body: &Body) -> Map<String, Value> {
    let mut all = Map::new();
    for structure in body.iter() {
        match structure {
            Structure::Attribute(attribute) => {
                let name = attribute.key().to_owned();
                let value = serde_json::to_value(hcl::Value::from(attribute.expr.clone())).unwrap();
                assert!(all.insert(name.clone(), value).is_none(), "{name} is given twice");
            }
            Structure::Block(block) => {
                let of_its_name = all.entry(block.identifier().to_owned()).or_insert(json!([]));
                let mut inner = json_of(&block.body);
                let labels = block.labels().iter().map(|label| json!(label.as_str())).collect();
                inner.insert(" labels".to_owned(), Value::Array(labels));
                of_its_name.as_array_mut().unwrap().push(Value::Object(inner));
            }
        }
    }
    all
}

/// The arguments of the instance, held against the schema.
fn instance(text: &str, index: u64) -> Map<String, Value> {
    let schema: Value = serde_json::from_str(include_str!("provider.json")).unwrap();
    let all = json_of(&evaluated(text, index));
    let source = &all["terraform"][0]["required_providers"][0]["openstack"]["source"];
    assert_eq!(source, &schema["source"]);
    let mut instance = all["resource"][0].as_object().unwrap().clone();
    let labels = instance.remove(" labels");
    assert_eq!(labels, Some(json!(["openstack_compute_instance_v2", "instance"])));
    for (name, value) in &mut instance {
        match &schema["blocks"][name] {
            Value::Object(keys) => {
                for block in value.as_array_mut().unwrap() {
                    let block = block.as_object_mut().unwrap();
                    block.remove(" labels");
                    for (key, value) in block {
                        is_of_kind(&format!("{name}.{key}"), keys.get(key), value);
                    }
                }
            }
            _ => {
                let kind = schema["arguments"].get(name).or(schema["meta_arguments"].get(name));
                is_of_kind(name, kind, value);
            }
        }
    }
    for pair in schema["conflicts"].as_array().unwrap() {
        let both = pair
            .as_array()
            .unwrap()
            .iter()
            .all(|name| instance.contains_key(name.as_str().unwrap()));
        assert!(!both, "{pair} exclude each other\n{text}");
    }
    instance
}

fn is_of_kind(name: &str, kind: Option<&Value>, value: &Value) {
    let fits = match kind.and_then(Value::as_str).unwrap_or_else(|| panic!("no argument {name}")) {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "bool" => value.is_boolean(),
        "strings" => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        "map" => value.as_object().is_some_and(|map| map.values().all(Value::is_string)),
        kind => panic!("{name}: what is a {kind}?"),
    };
    assert!(fits, "{name} = {value}");
}

/// What the provider sends for an instance. It gives `config_drive` always, and the size and the image by id.
fn provider(instance: &Map<String, Value>) -> Value {
    let mut server = Map::new();
    let mut hints = Value::Null;
    for (name, value) in instance {
        let (field, value) = match name.as_str() {
            "count" => continue,
            "name" | "hostname" | "availability_zone" | "metadata" | "tags" | "config_drive" => {
                (name.as_str(), value.clone())
            }
            "image_id" => ("imageRef", value.clone()),
            "flavor_name" => ("flavorRef", json!("f1")),
            "key_pair" => ("key_name", value.clone()),
            "admin_pass" => ("adminPass", value.clone()),
            "network_mode" => ("networks", value.clone()),
            "security_groups" => {
                let groups = value.as_array().unwrap().iter();
                ("security_groups", groups.map(|name| json!({"name": name})).collect())
            }
            "user_data" => {
                let text = value.as_str().unwrap();
                let encoded =
                    if is_base64(text) { text.to_owned() } else { user_data(text).unwrap() };
                ("user_data", json!(encoded))
            }
            "network" => {
                let rename = |block: &Value| {
                    let keys = block.as_object().unwrap().iter();
                    keys.map(|(key, value)| (key.replace("fixed_ip_v4", "fixed_ip"), value.clone()))
                        .collect::<Map<_, _>>()
                };
                let blocks = value.as_array().unwrap().iter();
                ("networks", blocks.map(|block| Value::Object(rename(block))).collect())
            }
            "block_device" => ("block_device_mapping_v2", value.clone()),
            "scheduler_hints" => {
                hints = value[0].clone();
                continue;
            }
            other => panic!("what does the provider do with {other}?"),
        };
        server.insert(field.to_owned(), value);
    }
    let mut body = json!({"server": server});
    if !hints.is_null() {
        body["os:scheduler_hints"] = hints;
    }
    body
}

/// As Go's `base64.StdEncoding.DecodeString`, which leaves line ends out.
fn is_base64(text: &str) -> bool {
    let bare: String = text.chars().filter(|letter| !matches!(letter, '\r' | '\n')).collect();
    let letters = bare.trim_end_matches('=');
    bare.len().is_multiple_of(4)
        && bare.len() - letters.len() <= 2
        && letters.chars().all(|letter| letter.is_ascii_alphanumeric() || "+/".contains(letter))
}

/// Every instance of the recipe is asked for as the console asks, but for what is said to be left out.
fn check(server: &CreateServer, left_out: &[&str]) {
    let recipe = recipe(server);
    assert_eq!(recipe.left_out, left_out, "{}", recipe.text);
    assert_eq!(recipe.wants_password, server.admin_password.is_some());
    let mut wanted = server.body(WANTED).unwrap();
    let fields = wanted["server"].as_object_mut().unwrap();
    for field in left_out.iter().chain(&["min_count", "max_count"]) {
        fields.remove(*field);
    }
    for index in 0..u64::from(server.count) {
        let mut one = wanted.clone();
        if server.count > 1 {
            one["server"]["name"] = json!(format!("{}-{}", server.name, index + 1));
        }
        for device in one["server"]["block_device_mapping_v2"].as_array_mut().into_iter().flatten()
        {
            // Booted from never, both.
            if device["boot_index"].is_null() {
                device["boot_index"] = json!(-1);
            }
        }
        if one["server"]["block_device_mapping_v2"].is_null() {
            one["server"].as_object_mut().unwrap().remove("block_device_mapping_v2");
        }
        assert_eq!(provider(&instance(&recipe.text, index)), one, "{}", recipe.text);
    }
}

#[test]
fn what_the_page_shows() {
    let boot = BootFrom::NewVolume {
        image: ImageId::from("img"),
        size_gib: 20,
        volume_type: Some("ssd".to_owned()),
        delete_with_server: true,
    };
    let mut server = CreateServer { boot, networks: these(&["n2", "n1"]), ..server() };
    server.key_name = Some("lena 2026".to_owned());
    server.security_groups = vec!["default".to_owned(), "web".to_owned()];
    server.user_data = Some(user_data("#cloud-config\npackages: [nginx]\n").unwrap());
    server.admin_password = Some(Secret::new("secret".to_owned()));
    server.metadata = [("role".to_owned(), "web".to_owned())].into();
    server.description = Some("The shop".to_owned());
    server.count = 2;
    assert_eq!(
        recipe(&server).text,
        r#"terraform {
  required_providers {
    openstack = {
      source = "terraform-provider-openstack/openstack"
    }
  }
}

provider "openstack" {
  region = "dev-1"
}

variable "admin_pass" {
  type      = string
  sensitive = true
}

resource "openstack_compute_instance_v2" "instance" {
  # The provider cannot say this here: description
  count           = 2
  name            = "web-1-${count.index + 1}"
  flavor_name     = "gp.2x8"
  key_pair        = "lena 2026"
  security_groups = ["default", "web"]
  admin_pass      = var.admin_pass
  metadata = {
    "role" = "web"
  }
  user_data = <<USER_DATA
#cloud-config
packages: [nginx]
USER_DATA

  block_device {
    uuid                  = "img"
    source_type           = "image"
    destination_type      = "volume"
    boot_index            = 0
    volume_size           = 20
    volume_type           = "ssd"
    delete_on_termination = true
  }

  network {
    uuid = "n2"
  }

  network {
    uuid = "n1"
  }
}"#
    );
    check(&server, &["description"]);
}

#[test]
fn the_provider_asks_for_the_same() {
    check(&server(), &[]);
    for networks in
        [Networks::Auto, Networks::None, Networks::Ports(vec!["p1".into(), "p2".into()])]
    {
        check(&CreateServer { networks, ..server() }, &[]);
    }
    let volume = BootFrom::Volume { volume: "v1".into(), delete_with_server: false };
    check(&CreateServer { boot: volume, ..server() }, &[]);
    let disk = |boot_index| SnapshotDisk {
        snapshot: "s1".into(),
        boot_index,
        size_gib: Some(30),
        volume_type: None,
        delete_with_server: true,
    };
    let snapshots = BootFrom::Snapshots(vec![disk(Some(0)), disk(None)]);
    check(&CreateServer { boot: snapshots, ..server() }, &[]);
    let hosted = CreateServer { hostname: Some("erp".to_owned()), ..server() };
    check(&hosted, &[]);
    let boot = BootFrom::NewVolume {
        image: ImageId::from("img"),
        size_gib: 20,
        volume_type: Some("ssd".to_owned()),
        delete_with_server: false,
    };
    // Both at once the provider cannot ask for.
    check(&CreateServer { boot, ..hosted }, &["hostname"]);
    let mut all = server();
    all.name = HOSTILE.to_owned();
    all.key_name = Some(HOSTILE.to_owned());
    all.availability_zone = Some(HOSTILE.to_owned());
    all.metadata = [(HOSTILE, "two\nlines\r\t\u{1b}"), ("empty", "")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    all.tags = vec![HOSTILE.to_owned()];
    all.security_groups = vec![HOSTILE.to_owned()];
    all.config_drive = true;
    all.admin_password = Some(Secret::new("secret".to_owned()));
    all.server_group = Some("g1".into());
    all.count = 3;
    check(&all, &[]);
}

#[test]
fn user_data_arrives_as_it_is() {
    for text in [
        "#cloud-config\nruncmd:\n  - echo \"${x} %{y} $${z}\" \\\n".to_owned(),
        format!("#!/bin/sh\necho '{HOSTILE}'\nUSER_DATA\n  USER_DATA_"),
        "\n\n#cloud-config\n\n\n".to_owned(),
        "#!/bin/sh\r\necho\r\n".to_owned(),
        // Both would be sent as they are, as the base64 that they could be.
        "abcd".to_owned(),
        "YWJj\nYWJj\n".to_owned(),
        // Terraform would make one letter of two.
        "#!/bin/sh\necho A\u{30a}\n".to_owned(),
        "\u{feff}#cloud-config\n".to_owned(),
    ] {
        check(&CreateServer { user_data: Some(user_data(&text).unwrap()), ..server() }, &[]);
    }
    let gzip = "H4sIAAAAAAAAA1NOzskvTdFNzs9Ly0znAgBSLhCTDgAAAA==".to_owned();
    check(&CreateServer { user_data: Some(gzip), ..server() }, &[]);
}
