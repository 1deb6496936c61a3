<?php
// Run by `wp eval-file`: puts settings.json into the shop. A repeat changes only what differs, and nothing that the
// shop's owner decides: stock, products that exist, whether the shop is open. Any exception ends the set-up with its
// message.

use Automattic\WooCommerce\Utilities\OrderUtil;

$settings = json_decode( file_get_contents( '/etc/storefleet/settings.json' ), true, 512, JSON_THROW_ON_ERROR );

// A set-up that a change has overtaken may still be ending.
global $wpdb, $wp_rewrite;
if ( '1' !== $wpdb->get_var( "SELECT GET_LOCK('storefleet_setup', 60)" ) ) {
	WP_CLI::error( 'another set-up of this shop has been at work for a minute' );
}
$first_time = false === get_option( 'storefleet_setup' );

// Orders in tables of their own, before the first order: activation from the command line leaves this off.
if ( ! OrderUtil::custom_orders_table_usage_is_enabled() ) {
	WP_CLI::runcommand( 'wc hpos enable', array( 'launch' => false ) );
}

// The first user goes by the same address, unless its owner has given it another.
$first_user = get_user_by( 'email', get_option( 'admin_email' ) );
if ( $first_user && get_option( 'admin_email' ) !== $settings['adminEmail'] && ! email_exists( $settings['adminEmail'] ) ) {
	wp_update_user( array( 'ID' => $first_user->ID, 'user_email' => $settings['adminEmail'] ) );
}

$options = array(
	'blogname'                          => $settings['title'],
	'admin_email'                       => $settings['adminEmail'],
	'home'                              => $settings['url'],
	'siteurl'                           => $settings['url'],
	'timezone_string'                   => $settings['timezone'],
	'woocommerce_currency'              => $settings['currency'],
	'woocommerce_default_country'       => $settings['country'],
	'woocommerce_enable_guest_checkout' => $settings['guestCheckout'] ? 'yes' : 'no',
	'woocommerce_email_from_address'    => getenv( 'SMTP_FROM' ) ?: $settings['adminEmail'],
	'woocommerce_allow_tracking'        => 'no',
);
if ( ! $settings['guestCheckout'] ) {
	// Whoever has no account yet gets one by ordering.
	$options['woocommerce_enable_signup_and_login_from_checkout'] = 'yes';
}
if ( $first_time ) {
	// An open shop on the front page. Later these are its owner's.
	$options += array(
		'woocommerce_coming_soon'        => 'no',
		'woocommerce_cod_settings'       => array( 'enabled' => 'yes', 'title' => 'Cash on delivery' ),
		'woocommerce_onboarding_profile' => array( 'skipped' => true ),
		'show_on_front'                  => 'page',
		'page_on_front'                  => wc_get_page_id( 'shop' ),
	);
	foreach ( array( 'hello-world' => 'post', 'sample-page' => 'page' ) as $slug => $type ) {
		$sample = get_page_by_path( $slug, OBJECT, $type );
		if ( $sample ) {
			wp_delete_post( $sample->ID, true );
		}
	}
	// The theme's own footer is a sample as well: its links lead nowhere.
	if ( wp_is_block_theme() && ! get_page_by_path( 'footer', OBJECT, 'wp_template_part' ) ) {
		$content = '<!-- wp:group {"align":"full","layout":{"type":"constrained"},"style":{"spacing":{"padding":{"top":"3rem","bottom":"3rem"}}}} -->'
			. '<div class="wp-block-group alignfull" style="padding-top:3rem;padding-bottom:3rem"><!-- wp:site-title {"level":0,"textAlign":"center"} /--></div>'
			. '<!-- /wp:group -->';
		$footer  = wp_insert_post( array( 'post_type' => 'wp_template_part', 'post_status' => 'publish', 'post_name' => 'footer', 'post_title' => 'Footer', 'post_content' => $content ) );
		wp_set_object_terms( $footer, get_stylesheet(), 'wp_theme' );
		wp_set_object_terms( $footer, 'footer', 'wp_template_part_area' );
	}
}
foreach ( $options as $name => $value ) {
	if ( update_option( $name, $value ) ) {
		WP_CLI::log( "option $name set" );
	}
}

// Without the rules the next request makes them, knowing all that WooCommerce adds.
if ( '/%postname%/' !== get_option( 'permalink_structure' ) ) {
	$wp_rewrite->set_permalink_structure( '/%postname%/' );
	delete_option( 'rewrite_rules' );
	WP_CLI::log( 'form of links set' );
}

// An image may come without the theme that the shop had.
if ( ! wp_get_theme()->exists() ) {
	WP_CLI::warning( sprintf( 'the image has no theme "%s": the shop gets "%s"', get_stylesheet(), WP_DEFAULT_THEME ) );
	switch_theme( WP_DEFAULT_THEME );
}

// An interrupted installation can leave its first user without a role.
if ( ! get_users( array( 'role' => 'administrator', 'number' => 1, 'fields' => 'ID' ) ) ) {
	$admin = get_user_by( 'login', trim( file_get_contents( '/run/secrets/admin/username' ) ) );
	if ( ! $admin ) {
		WP_CLI::error( 'the shop has no administrator, and no user of the name in its Secret who could become one' );
	}
	$admin->set_role( 'administrator' );
	WP_CLI::log( 'the first user is the administrator' );
}

$created = 0;
foreach ( $settings['products'] as $entry ) {
	if ( wc_get_product_id_by_sku( $entry['sku'] ) ) {
		continue;
	}
	$product = new WC_Product_Simple();
	// WordPress takes names for HTML and takes backslashes away: text stays the same text.
	$product->set_name( wp_slash( htmlspecialchars( $entry['name'], ENT_NOQUOTES ) ) );
	$product->set_sku( $entry['sku'] );
	$product->set_regular_price( wc_format_decimal( $entry['price'], 2 ) );
	$product->set_manage_stock( true );
	$product->set_stock_quantity( $entry['stock'] );
	$product->set_status( 'publish' );
	$product->save();
	++$created;
}
WP_CLI::log( sprintf( '%d products: %d created, the others were there', count( $settings['products'] ), $created ) );

// From now on the web pods are ready.
update_option( 'storefleet_setup', gmdate( 'c' ) );
