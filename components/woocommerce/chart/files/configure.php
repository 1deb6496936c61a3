<?php
// Run by `wp eval-file`: puts settings.json into the shop. A repeat changes only what differs; stock and products
// that exist are left alone. Any exception ends the set-up with its message.

use Automattic\WooCommerce\Utilities\OrderUtil;

$settings = json_decode( file_get_contents( '/etc/storefleet/settings.json' ), true, 512, JSON_THROW_ON_ERROR );

// A set-up that a change has overtaken may still be ending.
global $wpdb;
if ( '1' !== $wpdb->get_var( "SELECT GET_LOCK('storefleet_setup', 60)" ) ) {
	WP_CLI::error( 'another set-up of this shop has been at work for a minute' );
}

// Orders in tables of their own, before the first order: activation from the command line leaves this off.
if ( ! OrderUtil::custom_orders_table_usage_is_enabled() ) {
	WP_CLI::runcommand( 'wc hpos enable' );
}

$cash_on_delivery = array( 'enabled' => 'yes' ) + (array) get_option( 'woocommerce_cod_settings', array() ) + array( 'title' => 'Cash on delivery' );
$options          = array(
	'blogname'                            => $settings['title'],
	'admin_email'                         => $settings['adminEmail'],
	'home'                                => $settings['url'],
	'siteurl'                             => $settings['url'],
	'timezone_string'                     => $settings['timezone'],
	'woocommerce_currency'                => $settings['currency'],
	'woocommerce_default_country'         => $settings['country'],
	'woocommerce_enable_guest_checkout'   => $settings['guestCheckout'] ? 'yes' : 'no',
	'woocommerce_coming_soon'             => 'no',
	'woocommerce_cod_settings'            => $cash_on_delivery,
	'woocommerce_email_from_address'      => getenv( 'SMTP_FROM' ) ?: $settings['adminEmail'],
	'woocommerce_onboarding_profile'      => array( 'skipped' => true ),
);
foreach ( $options as $name => $value ) {
	if ( update_option( $name, $value ) ) {
		WP_CLI::log( "option $name set" );
	}
}

$created = 0;
foreach ( $settings['products'] as $entry ) {
	if ( wc_get_product_id_by_sku( $entry['sku'] ) ) {
		continue;
	}
	$product = new WC_Product_Simple();
	$product->set_name( $entry['name'] );
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
