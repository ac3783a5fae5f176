rootProject.name = "digital-key"
