"""The pages: each subject a folder with page, state, view and words; ``pages`` lists them."""
