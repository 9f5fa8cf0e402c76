"""The provider APIs: one reader of whole and streamed answers for each."""
