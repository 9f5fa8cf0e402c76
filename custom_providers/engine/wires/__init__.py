"""The APIs that providers speak: a reader of whole and streamed answers for each."""
