"""Everything that keeps files in buckets, as one part that is loaded at need."""

from portal.adapters.s3_address import S3Address, S3Keys
from portal.adapters.s3_media import S3MediaStore
from portal.adapters.s3_tiles import S3TileStore

__all__ = ["S3Address", "S3Keys", "S3MediaStore", "S3TileStore"]
