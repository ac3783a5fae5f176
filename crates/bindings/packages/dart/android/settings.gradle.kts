rootProject.name = "digital_key"
