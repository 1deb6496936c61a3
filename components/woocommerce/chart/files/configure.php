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

// The currency and country that the list names, as WooCommerce itself knows them.
if ( ! isset( get_woocommerce_currencies()[ $settings['currency'] ] ) ) {
	WP_CLI::error( "WooCommerce has no currency {$settings['currency']}: choose another" );
}
if ( ! WC()->countries->country_exists( $settings['country'] ) ) {
	WP_CLI::error( "WooCommerce has no country {$settings['country']}: choose another" );
}

// Whatever has the address that the list named before gets the new one; what the shop's owner has changed stays.
$former = get_option( 'storefleet_admin_email', get_option( 'admin_email' ) );
$follow = function ( $addresses ) use ( $former, $settings ) {
	$all = array_map( 'trim', explode( ',', $addresses ) );
	return in_array( $former, $all, true ) ? implode( ', ', array_unique( str_replace( $former, $settings['adminEmail'], $all ) ) ) : $addresses;
};
$addressed = array();
if ( $former !== $settings['adminEmail'] ) {
	// Where WooCommerce has put it at its start, and where a settings page keeps it. Not where money goes.
	foreach ( array( 'woocommerce_stock_email_recipient', 'woocommerce_email_reply_to_address', 'woocommerce_pos_store_email' ) as $name ) {
		if ( get_option( $name ) ) {
			$addressed[ $name ] = $follow( get_option( $name ) );
		}
	}
	foreach ( WC()->mailer()->get_emails() as $email ) {
		$values = get_option( $email->get_option_key() );
		if ( ! empty( $values['recipient'] ) ) {
			$addressed[ $email->get_option_key() ] = array( 'recipient' => $follow( $values['recipient'] ) ) + $values;
		}
	}
	$user = get_user_by( 'login', trim( file_get_contents( '/run/secrets/admin/username' ) ) );
	if ( $user && $user->user_email === $former ) {
		$changed = wp_update_user( array( 'ID' => $user->ID, 'user_email' => $settings['adminEmail'] ) );
		if ( is_wp_error( $changed ) ) {
			WP_CLI::error( "WordPress refused the administrator's address {$settings['adminEmail']}: " . $changed->get_error_message() );
		}
		WP_CLI::log( 'address of the administrator set' );
	}
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
) + $addressed;
// As many decimals as the currency has, and fewer where the owner likes that.
if ( $first_time || get_option( 'woocommerce_currency' ) !== $settings['currency'] || get_option( 'woocommerce_price_num_decimals' ) > $settings['decimals'] ) {
	$options['woocommerce_price_num_decimals'] = $settings['decimals'];
}
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
// Last, when all else has followed.
$options['storefleet_admin_email'] = $settings['adminEmail'];
foreach ( $options as $name => $value ) {
	if ( update_option( $name, $value ) ) {
		WP_CLI::log( "option $name set" );
	}
	// What WordPress does not like it leaves out without a word. It keeps the title as HTML.
	$kept = get_option( $name );
	if ( $kept != $value && ! ( is_string( $value ) && esc_html( $value ) === $kept ) ) {
		list( $value, $kept ) = array_map( fn( $each ) => wp_json_encode( $each, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ), array( $value, $kept ) );
		WP_CLI::error( "WordPress refused $name=$value: it kept $kept" );
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

require '/etc/storefleet/products.php';
$products = storefleet_listed_products( $settings );
storefleet_create_products( $products, $settings['decimals'] );

// From now on the web pods are ready.
update_option( 'storefleet_setup', gmdate( 'c' ) );

// A picture that can not be had keeps no shop from selling, but whoever listed it is told.
$missing = storefleet_add_pictures( $products );
if ( $missing ) {
	WP_CLI::error( "pictures that could not be fetched:\n" . implode( "\n", $missing ) );
}
