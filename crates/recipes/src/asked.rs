//! The request taken apart, once for all recipes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::user_data;

/// `POST /servers`, field by field.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub name: String,
    pub flavor: String,
    pub image: Option<String>,
    pub devices: Vec<Map<String, Value>>,
    pub networks: Networks,
    pub groups: Vec<String>,
    pub key: Option<String>,
    pub zone: Option<String>,
    pub user_data: Option<Vec<u8>>,
    pub config_drive: bool,
    pub password: bool,
    pub metadata: BTreeMap<String, String>,
    pub tags: Vec<String>,
    pub description: Option<String>,
    pub hostname: Option<String>,
    pub count: u64,
    pub hints: BTreeMap<String, String>,
    /// What none of the above takes: a recipe that cannot say a field must not keep that to itself.
    pub other: Vec<String>,
}

/// `networks`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Networks {
    /// Not in the request.
    #[default]
    Unsaid,
    /// `auto` or `none`.
    Word(String),
    /// In their order.
    These(Vec<Map<String, Value>>),
}

impl Asked {
    pub fn of(body: &Value) -> Self {
        let mut asked = Self { count: 1, ..Self::default() };
        for (field, value) in body.get("server").and_then(Value::as_object).into_iter().flatten() {
            let taken = asked.take(field, value);
            if taken.is_none() {
                asked.other.push(field.clone());
            }
        }
        for (field, value) in body.as_object().into_iter().flatten() {
            match (field.as_str(), strings(value)) {
                ("server", _) => {}
                ("os:scheduler_hints", Some(hints)) => asked.hints = hints,
                _ => asked.other.push(field.clone()),
            }
        }
        asked
    }

    /// Takes a field of `server`; `None` when it is unknown or not what it should be.
    fn take(&mut self, field: &str, value: &Value) -> Option<()> {
        let text = || value.as_str().map(str::to_owned);
        match field {
            "name" => self.name = text()?,
            "flavorRef" => self.flavor = text()?,
            "imageRef" => self.image = Some(text()?),
            "block_device_mapping_v2" => self.devices = objects(value)?,
            "networks" => {
                self.networks = match value {
                    Value::String(word) => Networks::Word(word.clone()),
                    _ => Networks::These(objects(value)?),
                };
            }
            "security_groups" => {
                let name = |group: Map<String, Value>| text_of(&group, "name");
                self.groups = objects(value)?.into_iter().map(name).collect::<Option<_>>()?;
            }
            "key_name" => self.key = Some(text()?),
            "availability_zone" => self.zone = Some(text()?),
            "user_data" => self.user_data = Some(user_data::decode(value.as_str()?)?),
            "config_drive" => self.config_drive = value.as_bool()?,
            "adminPass" => self.password = true,
            "metadata" => self.metadata = strings(value)?,
            "tags" => {
                let tag = |tag: &Value| tag.as_str().map(str::to_owned);
                self.tags = value.as_array()?.iter().map(tag).collect::<Option<_>>()?;
            }
            "description" => self.description = Some(text()?),
            "hostname" => self.hostname = Some(text()?),
            // The console asks for all or none.
            "min_count" | "max_count" => self.count = value.as_u64()?,
            _ => return None,
        }
        Some(())
    }
}

/// A field of a device, a network or a group, as text.
pub fn text_of(object: &Map<String, Value>, field: &str) -> Option<String> {
    object.get(field)?.as_str().map(str::to_owned)
}

fn objects(value: &Value) -> Option<Vec<Map<String, Value>>> {
    value.as_array()?.iter().map(|item| item.as_object().cloned()).collect()
}

fn strings(value: &Value) -> Option<BTreeMap<String, String>> {
    let pair = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    value.as_object()?.iter().map(pair).collect()
}
