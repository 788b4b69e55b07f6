//! The SFTP protocol, version 3, of one session: requests become operations on the tree, if the user has the right.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use russh_sftp::extensions::{FSYNC, HardlinkExtension, LIMITS, LimitsExtension};
use russh_sftp::protocol::{
    Attrs, Data, ExtendedReply, File, FileAttributes, Handle, Name, OpenFlags, Packet, Status,
    StatusCode, Version,
};
use russh_sftp::server::{Handler, StatusReply};
use russh_sftp::{de, ser};

use super::draft::{Draft, failure};
use super::gate::Rights;
use super::path::View;
use super::tree::{Answer, Entry, Tree};
use crate::emulator::storage::Variation;
use crate::emulator::storage::rules::Rules;

/// The extension that renames over an existing file.
const POSIX_RENAME: &str = "posix-rename@openssh.com";
/// The most bytes of one read or write, and of one packet: as OpenSSH has them.
const LARGEST_BLOCK: u32 = 255 * 1024;
const LARGEST_PACKET: u64 = 256 * 1024;
/// How many names one answer to a listing holds.
const NAMES: usize = 100;

/// One session.
pub(super) struct Sftp {
    tree: Arc<Tree>,
    rights: Rights,
    rules: Arc<Rules>,
    view: View,
    open: BTreeMap<String, Open>,
    next: u64,
}

enum Open {
    Reading(fs::File),
    Writing(Draft, fs::File),
    Listing(Vec<File>),
}

impl Sftp {
    pub(super) fn new(tree: Arc<Tree>, rights: Rights, rules: Arc<Rules>) -> Self {
        let view = View::new(tree.home(), rules.varies(Variation::Chroot));
        Self {
            tree,
            rights,
            rules,
            view,
            open: BTreeMap::new(),
            next: 0,
        }
    }

    fn keep(&mut self, id: u32, open: Open) -> Handle {
        self.next += 1;
        let handle = self.next.to_string();
        self.open.insert(handle.clone(), open);
        Handle { id, handle }
    }

    fn handle(&mut self, handle: &str) -> Answer<&mut Open> {
        let open = self.open.get_mut(handle);
        open.ok_or_else(|| StatusCode::Failure.with_message("the handle is unknown"))
    }

    fn attributes(&self, id: u32, path: &str) -> Answer<Attrs> {
        let entry = self.tree.entry(&self.view.real(path));
        let missing = match self.rules.varies(Variation::BareAttributes) {
            true => StatusCode::Failure,
            false => StatusCode::NoSuchFile,
        };
        Ok(Attrs {
            id,
            attrs: self.told(attributes(entry.ok_or(missing)?)),
        })
    }

    /// What is told of the attributes of a file or a folder.
    fn told(&self, attributes: FileAttributes) -> FileAttributes {
        match self.rules.varies(Variation::BareAttributes) {
            true => FileAttributes {
                size: attributes.size,
                ..FileAttributes::empty()
            },
            false => attributes,
        }
    }

    fn listing(&self, path: &str) -> Answer<Vec<File>> {
        let entries = self.tree.entries(path)?;
        let dots = [".", ".."].map(|name| (name.to_owned(), Entry::Folder));
        let all = dots.into_iter().chain(entries);
        let mut files: Vec<File> = all
            .map(|(name, entry)| File::new(name, attributes(entry)))
            .collect();
        if self.rules.varies(Variation::UpperCaseListing) {
            for file in &mut files {
                file.longname = file.longname.to_uppercase();
            }
        }
        for file in &mut files {
            file.attrs = self.told(file.attrs.clone());
        }
        // they are handed out from the end
        files.reverse();
        Ok(files)
    }

    fn rename_to(&self, from: &str, to: &str, replace: bool) -> Answer<()> {
        if self.rules.varies(Variation::RenameUnsupported) {
            return Err(StatusCode::OpUnsupported.into());
        }
        granted(self.rights.write && self.rights.remove)?;
        let (from, to) = (self.view.real(from), self.view.real(to));
        self.tree.rename(&from, &to, replace)
    }

    fn extension(&self, id: u32, request: &str, data: Vec<u8>) -> Answer<Packet> {
        match request {
            POSIX_RENAME => {
                let names: Result<HardlinkExtension, _> = de::from_bytes(&mut data.into());
                let names = names.map_err(|_| StatusCode::BadMessage)?;
                self.rename_to(&names.oldpath, &names.newpath, true)?;
                Ok(done(id).into())
            }
            FSYNC => Ok(done(id).into()),
            LIMITS => {
                let limits = LimitsExtension {
                    max_packet_len: LARGEST_PACKET,
                    max_read_len: LARGEST_BLOCK.into(),
                    max_write_len: LARGEST_BLOCK.into(),
                    max_open_handles: 0,
                };
                let data = ser::to_bytes(&limits).map_err(|_| StatusCode::Failure)?;
                let data = data.to_vec();
                Ok(ExtendedReply { id, data }.into())
            }
            _ => Err(StatusCode::OpUnsupported.into()),
        }
    }
}

/// A connection that breaks leaves what was written so far, as real servers do.
impl Drop for Sftp {
    fn drop(&mut self) {
        for open in self.open.values() {
            if let Open::Writing(draft, _) = open {
                // nobody is left to be told
                let _answer = self.tree.finish(draft);
            }
        }
    }
}

impl Handler for Sftp {
    type Error = StatusReply;

    fn unimplemented(&self) -> StatusReply {
        StatusCode::OpUnsupported.into()
    }

    async fn init(&mut self, _: u32, _: HashMap<String, String>) -> Answer<Version> {
        let mut version = Version::new();
        let mut names = vec![FSYNC, LIMITS];
        if !self.rules.varies(Variation::RenameUnsupported) {
            names.push(POSIX_RENAME);
        }
        let names = names.into_iter();
        version
            .extensions
            .extend(names.map(|name| (name.to_owned(), "1".to_owned())));
        Ok(version)
    }

    async fn open(
        &mut self,
        id: u32,
        filename: String,
        flags: OpenFlags,
        _: FileAttributes,
    ) -> Answer<Handle> {
        let path = self.view.real(&filename);
        let writes = flags.intersects(OpenFlags::WRITE | OpenFlags::APPEND);
        granted(self.rights.read || writes && !flags.contains(OpenFlags::READ))?;
        let open = if writes {
            granted(self.rights.write)?;
            let (draft, reader) = self.tree.begin(&path, flags)?;
            Open::Writing(draft, reader)
        } else {
            Open::Reading(self.tree.open(&path)?)
        };
        Ok(self.keep(id, open))
    }

    async fn close(&mut self, id: u32, handle: String) -> Answer<Status> {
        match self.open.remove(&handle) {
            Some(Open::Writing(draft, _)) => self.tree.finish(&draft)?,
            Some(Open::Reading(_) | Open::Listing(_)) => {}
            None => return Err(StatusCode::Failure.with_message("the handle is unknown")),
        }
        Ok(done(id))
    }

    async fn read(&mut self, id: u32, handle: String, offset: u64, len: u32) -> Answer<Data> {
        let file = match self.handle(&handle)? {
            Open::Reading(file) | Open::Writing(_, file) => file,
            Open::Listing(_) => return Err(StatusCode::Failure.into()),
        };
        file.seek(SeekFrom::Start(offset)).map_err(failure)?;
        let mut data = Vec::new();
        let mut part = file.take(len.min(LARGEST_BLOCK).into());
        part.read_to_end(&mut data).map_err(failure)?;
        if data.is_empty() && len > 0 {
            return Err(StatusCode::Eof.into());
        }
        Ok(Data { id, data })
    }

    async fn write(
        &mut self,
        id: u32,
        handle: String,
        offset: u64,
        data: Vec<u8>,
    ) -> Answer<Status> {
        match self.handle(&handle)? {
            Open::Writing(draft, _) => draft.write(offset, &data)?,
            Open::Reading(_) | Open::Listing(_) => return Err(StatusCode::PermissionDenied.into()),
        }
        Ok(done(id))
    }

    async fn lstat(&mut self, id: u32, path: String) -> Answer<Attrs> {
        self.attributes(id, &path)
    }

    async fn stat(&mut self, id: u32, path: String) -> Answer<Attrs> {
        self.attributes(id, &path)
    }

    async fn fstat(&mut self, id: u32, handle: String) -> Answer<Attrs> {
        let file = match self.handle(&handle)? {
            Open::Reading(file) | Open::Writing(_, file) => file,
            Open::Listing(_) => return Err(StatusCode::Failure.into()),
        };
        let metadata = file.metadata().map_err(failure)?;
        let entry = Entry::File {
            bytes: metadata.len(),
            modified: metadata.modified().map_err(failure)?,
        };
        Ok(Attrs {
            id,
            attrs: self.told(attributes(entry)),
        })
    }

    async fn setstat(&mut self, id: u32, path: String, _: FileAttributes) -> Answer<Status> {
        granted(self.rights.write)?;
        self.attributes(id, &path)?;
        Ok(done(id))
    }

    async fn fsetstat(
        &mut self,
        id: u32,
        handle: String,
        attributes: FileAttributes,
    ) -> Answer<Status> {
        match (self.handle(&handle)?, attributes.size) {
            (Open::Writing(draft, _), Some(bytes)) => draft.truncate(bytes)?,
            (Open::Writing(..) | Open::Reading(_), _) => {}
            (Open::Listing(_), _) => return Err(StatusCode::Failure.into()),
        }
        Ok(done(id))
    }

    async fn opendir(&mut self, id: u32, path: String) -> Answer<Handle> {
        granted(self.rights.list)?;
        let files = self.listing(&self.view.real(&path))?;
        Ok(self.keep(id, Open::Listing(files)))
    }

    async fn readdir(&mut self, id: u32, handle: String) -> Answer<Name> {
        let rest = match self.handle(&handle)? {
            Open::Listing(files) => files,
            Open::Reading(_) | Open::Writing(..) => return Err(StatusCode::Failure.into()),
        };
        let mut files = rest.split_off(rest.len().saturating_sub(NAMES));
        if files.is_empty() {
            return Err(StatusCode::Eof.into());
        }
        files.reverse();
        Ok(Name { id, files })
    }

    async fn remove(&mut self, id: u32, filename: String) -> Answer<Status> {
        granted(self.rights.remove)?;
        self.tree.remove(&self.view.real(&filename))?;
        Ok(done(id))
    }

    async fn mkdir(&mut self, id: u32, path: String, _: FileAttributes) -> Answer<Status> {
        let path = self.view.real(&path);
        if self.tree.entry(&path).is_some() {
            return Err(StatusCode::Failure.into());
        }
        granted(self.rights.write)?;
        self.tree.make_folder(&path)?;
        Ok(done(id))
    }

    async fn rmdir(&mut self, id: u32, path: String) -> Answer<Status> {
        granted(self.rights.remove)?;
        self.tree.remove_folder(&self.view.real(&path))?;
        Ok(done(id))
    }

    async fn realpath(&mut self, id: u32, path: String) -> Answer<Name> {
        let files = vec![File::dummy(self.view.shown(&path))];
        Ok(Name { id, files })
    }

    async fn rename(&mut self, id: u32, oldpath: String, newpath: String) -> Answer<Status> {
        self.rename_to(&oldpath, &newpath, false)?;
        Ok(done(id))
    }

    async fn extended(&mut self, id: u32, request: String, data: Vec<u8>) -> Answer<Packet> {
        self.extension(id, &request, data)
    }
}

fn granted(right: bool) -> Answer<()> {
    if right {
        Ok(())
    } else {
        Err(StatusCode::PermissionDenied.into())
    }
}

fn done(id: u32) -> Status {
    Status {
        id,
        status_code: StatusCode::Ok,
        error_message: "Success".to_owned(),
        language_tag: String::new(),
    }
}

fn attributes(entry: Entry) -> FileAttributes {
    let (bytes, permissions, modified) = match entry {
        Entry::Folder => (4096, 0o040_755, UNIX_EPOCH),
        Entry::File { bytes, modified } => (bytes, 0o100_644, modified),
    };
    FileAttributes {
        size: Some(bytes),
        uid: Some(1000),
        gid: Some(1000),
        permissions: Some(permissions),
        atime: Some(seconds(modified)),
        mtime: Some(seconds(modified)),
        ..FileAttributes::default()
    }
}

fn seconds(time: SystemTime) -> u32 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u32::try_from(since.as_secs()).unwrap_or(u32::MAX)
}
