//! Instances and volumes made beside the page, and how they really are: a page may say what it likes.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{Api, Outcome, Trouble};

/// How long the cloud may take for what it does in the background; at the tests' pace it is a moment.
const PATIENCE: Duration = Duration::from_secs(30);
const GLANCE: Duration = Duration::from_millis(60);

/// What an instance starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// The flavor's own disk.
    Local,
    /// A new volume of 4 GiB.
    Volume,
}

impl Api {
    /// What stands at a place of an answer.
    ///
    /// # Errors
    /// When nothing does.
    pub async fn find(&self, path: &str, place: &str) -> Result<Value, Trouble> {
        let body = self.ask(Method::GET, path, None).await?;
        Ok(body.pointer(place).ok_or_else(|| format!("{path}: no {place} in {body}"))?.clone())
    }

    /// Waits until a word stands at a place of an answer.
    ///
    /// # Errors
    /// When it does not come to stand there.
    pub async fn until(&self, path: &str, place: &str, word: &str) -> Outcome {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.find(path, place).await?;
            if found == word {
                return Ok(());
            }
            if Instant::now() > deadline {
                return Err(format!("{path}: {found} instead of {word}").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits until something is gone.
    ///
    /// # Errors
    /// When it stays.
    pub async fn gone(&self, path: &str) -> Outcome {
        let deadline = Instant::now() + PATIENCE;
        while self.answer(Method::GET, path, None).await?.0 != StatusCode::NOT_FOUND {
            if Instant::now() > deadline {
                return Err(format!("{path} is still there").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// An instance of a small Linux that runs; its id.
    ///
    /// # Errors
    /// When the cloud does not make it.
    pub async fn instance(&self, name: &str, disk: Disk) -> Result<String, Trouble> {
        let image = self.find("/image/v2/images?name=cirros-0.6.3-x86_64", "/images/0/id").await?;
        match disk {
            Disk::Local => self.make_instance(name, "dev.small", json!({"imageRef": image})).await,
            Disk::Volume => {
                let disks = json!({"block_device_mapping_v2": [{
                    "boot_index": 0, "source_type": "image", "destination_type": "volume", "uuid": image,
                    "volume_size": 4, "delete_on_termination": true,
                }]});
                self.make_instance(name, "gp.1x2", disks).await
            }
        }
    }

    /// An instance of that size with these attributes besides that runs, in the first zone; its id.
    ///
    /// # Errors
    /// When the cloud does not make it.
    pub async fn make_instance(
        &self,
        name: &str,
        size: &str,
        besides: Value,
    ) -> Result<String, Trouble> {
        let network =
            self.find("/networking/v2.0/networks?name=demo-internal", "/networks/0/id").await?;
        let flavors = self.find("/compute/v2.1/flavors/detail", "/flavors").await?;
        let flavors = flavors.as_array().ok_or("no flavors")?;
        let flavor = flavors.iter().find(|flavor| flavor.get("name") == Some(&json!(size)));
        let flavor = flavor.and_then(|flavor| flavor.get("id")).ok_or("no such flavor")?;
        let mut server = besides;
        let attributes = server.as_object_mut().ok_or("no attributes")?;
        attributes.insert("name".into(), name.into());
        attributes.insert("flavorRef".into(), flavor.clone());
        attributes.insert("networks".into(), json!([{"uuid": network}]));
        attributes.insert("availability_zone".into(), "dev-1a".into());
        let body = Some(json!({"server": server}));
        let made = self.ask(Method::POST, "/compute/v2.1/servers", body).await?;
        let id = text(&made, "/server/id")?;
        self.until(&format!("/compute/v2.1/servers/{id}"), "/server/status", "ACTIVE").await?;
        Ok(id)
    }

    /// The state of an instance.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn state(&self, id: &str) -> Result<String, Trouble> {
        let found = self.find(&format!("/compute/v2.1/servers/{id}"), "/server/status").await?;
        Ok(found.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until an instance is in a state, and nothing is being done to it.
    ///
    /// # Errors
    /// When it does not come to be.
    pub async fn is(&self, id: &str, state: &str) -> Outcome {
        let path = format!("/compute/v2.1/servers/{id}");
        self.until(&path, "/server/status", state).await?;
        let deadline = Instant::now() + PATIENCE;
        while !self.find(&path, "/server/OS-EXT-STS:task_state").await?.is_null() {
            if Instant::now() > deadline {
                return Err(format!("something goes on with {id}").into());
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// What was done to an instance, the first first.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn history(&self, id: &str) -> Result<Vec<String>, Trouble> {
        let path = format!("/compute/v2.1/servers/{id}/os-instance-actions");
        let actions = self.find(&path, "/instanceActions").await?;
        let rows = actions.as_array().cloned().unwrap_or_default();
        let mut names: Vec<String> =
            rows.iter().filter_map(|row| text(row, "/action").ok()).collect();
        names.reverse();
        Ok(names)
    }

    /// A volume of an image, free; its id.
    ///
    /// # Errors
    /// When the cloud does not make it.
    pub async fn volume(&self, name: &str) -> Result<String, Trouble> {
        let image = self.find("/image/v2/images?name=cirros-0.6.3-x86_64", "/images/0/id").await?;
        self.make_volume(json!({"name": name, "size": 2, "imageRef": image})).await
    }

    /// A volume of these attributes, free; its id.
    ///
    /// # Errors
    /// When the cloud does not make it.
    pub async fn make_volume(&self, volume: Value) -> Result<String, Trouble> {
        let body = Some(json!({"volume": volume}));
        let made = self.ask(Method::POST, "/volume/v3/volumes", body).await?;
        let id = text(&made, "/volume/id")?;
        self.until(&format!("/volume/v3/volumes/{id}"), "/volume/status", "available").await?;
        Ok(id)
    }

    /// The volume snapshots of the project.
    ///
    /// # Errors
    /// When the cloud does not answer with a list.
    pub async fn volume_snapshots(&self) -> Result<Vec<Value>, Trouble> {
        let found = self.find("/volume/v3/snapshots/detail", "/snapshots").await?;
        Ok(found.as_array().cloned().unwrap_or_default())
    }
}

fn text(body: &Value, place: &str) -> Result<String, Trouble> {
    let found = body.pointer(place).and_then(Value::as_str);
    Ok(found.ok_or_else(|| format!("no {place} in {body}"))?.to_owned())
}
