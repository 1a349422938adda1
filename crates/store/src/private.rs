//! Folders that hold patients' data are their owner's alone: a machine may have other users.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

/// Makes a folder, with those above it, that only its owner opens; one that is there stays as it is.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(all(test, unix))]
mod tests {
    use crate::database::Store;
    use crate::url::DatabaseUrl;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn the_folder_of_a_new_database_is_its_owners_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("new/data");
        let store = Store::open(&DatabaseUrl::file(folder.join("clinic.db"))).await.unwrap();
        store.close().await;
        for folder in [folder.as_path(), folder.parent().unwrap()] {
            assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
    }
}
