<?php
// The image's own configuration reads the environment (WORDPRESS_*) and loads WordPress.
require __DIR__ . '/wp-config-docker.php';
