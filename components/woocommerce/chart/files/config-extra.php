<?php
// Evaluated by the image's wp-config-docker.php, for web requests and WP-CLI alike (WORDPRESS_CONFIG_EXTRA).

// The shop answers on all of its hosts and, without a request, goes by the first.
call_user_func( function () {
	$hosts  = explode( ' ', getenv( 'SHOP_HOSTS' ) );
	$asked  = strtolower( $_SERVER['HTTP_HOST'] ?? '' );
	$host   = in_array( preg_replace( '/:\d+$/', '', $asked ), $hosts, true ) ? $asked : $hosts[0] . getenv( 'SHOP_PORT' );
	$origin = getenv( 'SHOP_SCHEME' ) . '://' . $host;
	define( 'WP_HOME', $origin );
	define( 'WP_SITEURL', $origin );
} );
define( 'FORCE_SSL_ADMIN', 'https' === getenv( 'SHOP_SCHEME' ) );

// A CronJob does this work; requests stay fast.
define( 'DISABLE_WP_CRON', true );

// The image decides about code; nobody edits or updates it from inside.
define( 'DISALLOW_FILE_EDIT', true );
define( 'DISALLOW_FILE_MODS', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );

// Where the network lets nothing out, admin pages would wait for wordpress.org until it times out.
define( 'WP_HTTP_BLOCK_EXTERNAL', 'deny' === getenv( 'SHOP_EGRESS' ) );
