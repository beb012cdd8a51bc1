"""How aisubs/demo/sample.mp4 was made: our own words, three synthetic voices, a drawn picture. See README.md."""
