//! A devcloud of the test's own, what is in it, and a shell that is signed in to it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use super::WANTED;
use devcloud::{Devcloud, Options};
use openstack::compute::{CreateServer, Networks};
use openstack::{FlavorId, ImageId, NetworkId, ServerGroupId};
use recipes::Place;
use serde_json::{Value, json};
use tokio::process::Command;

/// How long anything may take here.
const PATIENCE: Duration = Duration::from_secs(30);
/// What differs from server to server, however they were asked for.
const OF_ITS_OWN: &[&str] = &[
    "id",
    "links",
    "created",
    "updated",
    "hostId",
    "addresses",
    "OS-SRV-USG:launched_at",
    "OS-EXT-SRV-ATTR:host",
    "OS-EXT-SRV-ATTR:hypervisor_hostname",
    "OS-EXT-SRV-ATTR:instance_name",
    "OS-EXT-SRV-ATTR:reservation_id",
    "os-extended-volumes:volumes_attached",
];

/// The cloud and its stock.
pub struct Stage {
    cloud: Devcloud,
    http: reqwest::Client,
    folder: tempfile::TempDir,
    token: String,
    /// Sees user data.
    admin: String,
    images: BTreeMap<String, String>,
    flavors: BTreeMap<String, String>,
    networks: BTreeMap<String, String>,
    key: String,
}

/// How many servers these are.
pub fn created(ids: &[String]) -> usize {
    ids.len()
}

impl Stage {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(folder.path());
        options.pace = 0.0;
        let cloud = devcloud::start(options).await.unwrap();
        let mut stage = Self {
            cloud,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            folder,
            token: String::new(),
            admin: String::new(),
            images: BTreeMap::new(),
            flavors: BTreeMap::new(),
            networks: BTreeMap::new(),
            key: String::new(),
        };
        stage.token = stage.sign_in("demo", "demo-secret").await;
        stage.admin = stage.sign_in("admin", "admin-secret").await;
        stage.images = stage.names("/image/v2/images?limit=100", "images").await;
        stage.flavors = stage.names("/compute/v2.1/flavors", "flavors").await;
        stage.networks = stage.names("/networking/v2.0/networks", "networks").await;
        let keys = stage.get("/compute/v2.1/os-keypairs").await;
        stage.key = keys["keypairs"][0]["keypair"]["name"].as_str().unwrap().to_owned();
        stage
    }

    async fn sign_in(&self, user: &str, password: &str) -> String {
        let domain = json!({"id": "default"});
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {"name": user, "password": password, "domain": domain}}},
            "scope": {"project": {"name": "demo", "domain": domain}},
        }});
        let answer =
            self.http.post(self.url("/identity/v3/auth/tokens")).json(&body).send().await.unwrap();
        answer.headers()["x-subject-token"].to_str().unwrap().to_owned()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.cloud.url().trim_end_matches('/'))
    }

    async fn send(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Value {
        let mut request = self
            .http
            .request(method.parse().unwrap(), self.url(path))
            .header("X-Auth-Token", token)
            .header("OpenStack-API-Version", format!("compute {WANTED}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn get(&self, path: &str) -> Value {
        self.send("GET", path, &self.token, None).await
    }

    /// Ids by name.
    async fn names(&self, path: &str, key: &str) -> BTreeMap<String, String> {
        let answer = self.get(path).await;
        let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        answer[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (text(row, "name"), text(row, "id")))
            .collect()
    }

    /// The public image whose name begins so.
    pub fn image(&self, name: &str) -> ImageId {
        let found = self.images.iter().find(|(full, _)| full.starts_with(name));
        ImageId::from(found.unwrap_or_else(|| panic!("no image {name}")).1.as_str())
    }

    pub fn flavor(&self, name: &str) -> FlavorId {
        FlavorId::from(self.flavors[name].as_str())
    }

    pub fn network(&self, name: &str) -> NetworkId {
        NetworkId::from(self.networks[name].as_str())
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    pub async fn server_group(&self) -> ServerGroupId {
        let group = json!({"server_group": {"name": "apart", "policy": "soft-anti-affinity"}});
        let path = "/compute/v2.1/os-server-groups";
        let made = self.send("POST", path, &self.token, Some(group)).await;
        ServerGroupId::from(made["server_group"]["id"].as_str().unwrap())
    }

    /// A bootable volume made of an image, and a snapshot of it.
    pub async fn bootable_volume(&self, image: &ImageId) -> (String, String) {
        let volume = json!({"volume": {"size": 20, "imageRef": image.as_str(), "name": "kept"}});
        let volume = self.made("volumes", "volume", volume).await;
        let snapshot = json!({"snapshot": {"volume_id": volume, "name": "kept"}});
        let snapshot = self.made("snapshots", "snapshot", snapshot).await;
        (volume, snapshot)
    }

    /// The id of something of Cinder's, once it is available.
    async fn made(&self, list: &str, key: &str, body: Value) -> String {
        let path = format!("/volume/v3/{list}");
        let made = self.send("POST", &path, &self.token, Some(body)).await;
        let id = made[key]["id"].as_str().unwrap().to_owned();
        self.reached(list, key, &id).await;
        id
    }

    /// Waits until something of Cinder's is available.
    async fn reached(&self, list: &str, key: &str, id: &str) {
        let began = Instant::now();
        loop {
            let path = format!("/volume/v3/{list}/{id}");
            let now = self.get(&path).await[key]["status"].clone();
            match now.as_str() {
                Some("available") => return,
                Some("creating" | "downloading" | "in-use" | "detaching")
                    if began.elapsed() < PATIENCE =>
                {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                _ => panic!("the {key} is {now}"),
            }
        }
    }

    /// What the page knows besides the request.
    pub fn place(&self, server: &CreateServer) -> Place {
        let name_of = |names: &BTreeMap<String, String>, id: &str| {
            names.iter().find(|(_, own)| *own == id).map(|(name, _)| name.clone())
        };
        let networks = match &server.networks {
            Networks::These(ids) => ids.as_slice(),
            _ => &[],
        };
        let named = |id: &NetworkId| Some((id.to_string(), name_of(&self.networks, id.as_str())?));
        Place {
            region: Some("dev-1".to_owned()),
            compute_url: self.url("/compute/v2.1"),
            flavor: name_of(&self.flavors, server.flavor.as_str()),
            networks: networks.iter().filter_map(named).collect(),
        }
    }

    /// Asks as the console does; what came of it.
    pub async fn launch(&self, server: &CreateServer) -> Vec<Value> {
        let before = self.ids().await;
        let body = server.body(WANTED).unwrap();
        self.send("POST", "/compute/v2.1/servers", &self.token, Some(body)).await;
        self.since(&before).await
    }

    /// The ids of all servers.
    pub async fn ids(&self) -> Vec<String> {
        let list = self.get("/compute/v2.1/servers").await;
        let id = |row: &Value| row["id"].as_str().unwrap().to_owned();
        list["servers"].as_array().unwrap().iter().map(id).collect()
    }

    /// The servers that were not there before, once they run: everything about them but what is each one's own.
    pub async fn since(&self, before: &[String]) -> Vec<Value> {
        let mut all = Vec::new();
        for id in self.ids().await.iter().filter(|id| !before.contains(id)) {
            all.push(self.look(id).await);
        }
        assert!(!all.is_empty(), "nothing was made");
        all.sort_by_key(|server| server["name"].to_string());
        all
    }

    async fn look(&self, id: &str) -> Value {
        let path = format!("/compute/v2.1/servers/{id}");
        let began = Instant::now();
        let mut server = loop {
            let server = self.send("GET", &path, &self.admin, None).await["server"].clone();
            match server["status"].as_str() {
                Some("ACTIVE") => break server,
                Some("BUILD") if began.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                _ => panic!("{server:#}"),
            }
        };
        let ports = self.get(&format!("{path}/os-interface")).await;
        let networks: Vec<Value> = ports["interfaceAttachments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|port| port["net_id"].clone())
            .collect();
        let mut volumes = Vec::new();
        for attached in server["os-extended-volumes:volumes_attached"].as_array().unwrap() {
            let path = format!("/volume/v3/volumes/{}", attached["id"].as_str().unwrap());
            let volume = &self.get(&path).await["volume"];
            volumes.push(json!({
                "size": volume["size"], "type": volume["volume_type"], "bootable": volume["bootable"],
                "image": volume["volume_image_metadata"]["image_id"], "name": volume["name"],
                "goes": attached["delete_on_termination"],
            }));
        }
        let server_fields = server.as_object_mut().unwrap();
        server_fields.retain(|key, _| !OF_ITS_OWN.contains(&key.as_str()));
        json!({"server": server, "name": server["name"], "networks": networks, "volumes": volumes})
    }

    /// Deletes the servers that were not there before, with the volumes that they leave.
    pub async fn delete_all_but(&self, kept: &[String]) {
        for id in self.ids().await.iter().filter(|id| !kept.contains(id)) {
            self.send("DELETE", &format!("/compute/v2.1/servers/{id}"), &self.token, None).await;
        }
        let began = Instant::now();
        while self.ids().await.iter().any(|id| !kept.contains(id)) {
            assert!(began.elapsed() < PATIENCE, "servers do not go");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let volumes = self.get("/volume/v3/volumes/detail").await;
        for volume in volumes["volumes"].as_array().unwrap() {
            if volume["name"] == "kept" {
                self.reached("volumes", "volume", volume["id"].as_str().unwrap()).await;
            } else if volume["status"] == "available" {
                let path = format!("/volume/v3/volumes/{}", volume["id"].as_str().unwrap());
                self.send("DELETE", &path, &self.token, None).await;
            }
        }
    }

    /// Runs what the page shows, as someone who is signed in with the client; what it printed.
    pub async fn run(&self, shell: &str, text: &str) -> String {
        self.try_to_run(shell, text).await.unwrap_or_else(|said| panic!("{shell}: {said}\n{text}"))
    }

    /// The same, perhaps in vain.
    pub async fn try_to_run(&self, shell: &str, text: &str) -> Result<String, String> {
        let script = self.folder.path().join("pasted.sh");
        std::fs::write(&script, text).unwrap();
        let mut command = Command::new(shell);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OS_")) {
            command.env_remove(name);
        }
        let client = std::env::var("OPENSTACK_CLI").unwrap_or_else(|_| "openstack".to_owned());
        if let Some(folder) = Path::new(&client).parent().filter(|folder| folder.is_absolute()) {
            let path = std::env::var("PATH").unwrap_or_default();
            command.env("PATH", format!("{}:{path}", folder.display()));
        }
        let output = command
            .arg("-e")
            .arg(&script)
            .current_dir(self.folder.path())
            .env("OS_CLIENT_CONFIG_FILE", "no-clouds.yaml")
            .env("OS_AUTH_URL", self.url("/identity/v3"))
            .env("OS_USERNAME", "demo")
            .env("OS_PASSWORD", "demo-secret")
            .env("OS_PROJECT_NAME", "demo")
            .env("OS_USER_DOMAIN_NAME", "Default")
            .env("OS_PROJECT_DOMAIN_NAME", "Default")
            .env("ADMIN_PASS", "secret-password'\"$\\`")
            .output()
            .await
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        if output.status.success() { Ok(said) } else { Err(said) }
    }
}
