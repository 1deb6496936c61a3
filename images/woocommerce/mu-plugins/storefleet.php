<?php
/**
 * Plugin Name: Storefleet
 * Description: What the platform decides for every shop: how its mail leaves, and that nobody is offered what can not be had here.
 */

defined( 'ABSPATH' ) || exit;

// Mail leaves by the environment's SMTP server, or not at all: the image has no sendmail, and PHP's own mail() would only
// complain. A server that does not answer costs a shopper these seconds, never the order.
const STOREFLEET_SMTP_PATIENCE = 5;

if ( getenv( 'SMTP_HOST' ) ) {
	add_action( 'phpmailer_init', 'storefleet_smtp' );
	add_filter( 'wp_mail_from', fn() => getenv( 'SMTP_FROM' ) );
	add_filter( 'wp_mail_from_name', fn( $name ) => 'WordPress' === $name ? wp_specialchars_decode( get_option( 'blogname' ), ENT_QUOTES ) : $name );
	add_action( 'wp_mail_failed', fn( WP_Error $error ) => error_log( 'mail not sent: ' . $error->get_error_message() ) );
} else {
	add_filter( 'pre_wp_mail', '__return_false' );
}

/** Port 465 is TLS from the first byte, 587 demands STARTTLS; on any other port TLS is used where the server offers it. */
function storefleet_smtp( PHPMailer\PHPMailer\PHPMailer $mailer ): void {
	$mailer->isSMTP();
	$mailer->Host       = getenv( 'SMTP_HOST' );
	$mailer->Port       = (int) getenv( 'SMTP_PORT' );
	$mailer->SMTPSecure = array( 465 => 'ssl', 587 => 'tls' )[ $mailer->Port ] ?? '';
	$mailer->Timeout    = STOREFLEET_SMTP_PATIENCE;
	if ( getenv( 'SMTP_USERNAME' ) ) {
		$mailer->SMTPAuth = true;
		$mailer->Username = getenv( 'SMTP_USERNAME' );
		$mailer->Password = rtrim( file_get_contents( getenv( 'SMTP_PASSWORD_FILE' ) ), "\r\n" );
	}
}

// Code comes with the image: no offers of extensions that could not be installed, and no reports to their maker.
add_filter( 'woocommerce_allow_marketplace_suggestions', '__return_false' );
add_filter( 'option_woocommerce_allow_tracking', fn() => 'no' );

// The shop answers on all of its hosts. Search engines are told the first, so that they know each page once.
add_filter( 'get_canonical_url', 'storefleet_on_first_host' );
add_action( 'wp_head', 'storefleet_canonical_of_lists' );

function storefleet_on_first_host( string $url ): string {
	return getenv( 'SHOP_SCHEME' ) . '://' . explode( ' ', getenv( 'SHOP_HOSTS' ) )[0] . getenv( 'SHOP_PORT' ) . substr( $url, strlen( home_url() ) );
}

/** WordPress itself names an address for single pages only, and the front page is a list of products. */
function storefleet_canonical_of_lists(): void {
	if ( ! is_singular() && ! is_search() && ! is_404() ) {
		printf( "<link rel=\"canonical\" href=\"%s\" />\n", esc_url( storefleet_on_first_host( home_url( user_trailingslashit( $GLOBALS['wp']->request ) ) ) ) );
	}
}
