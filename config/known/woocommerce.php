<?php
// Prints woocommerce.json, run by `wp eval-file -` in a shop.

$countries = array_keys( WC()->countries->get_countries() );
sort( $countries );

// Decimals as WooCommerce's own set-up would choose them for a country with the currency; else its general default.
$decimals = array();
foreach ( include WC()->plugin_path() . '/i18n/locale-info.php' as $locale ) {
	$decimals[ $locale['currency_code'] ] = $locale['num_decimals'];
}
$currencies = array( array(), array(), array(), array() );
$codes      = array_keys( get_woocommerce_currencies() );
sort( $codes );
foreach ( $codes as $code ) {
	$currencies[ $decimals[ $code ] ?? 2 ][] = $code;
}

// The names that WordPress takes, without those that PHP reads as a fixed offset ("CET") or that are no place at all.
$zones = array_filter(
	timezone_identifiers_list( DateTimeZone::ALL_WITH_BC ),
	function ( $name ) {
		$zone = @timezone_open( $name );
		return $zone && 3 === ( (array) $zone )['timezone_type'] && ! in_array( $name, array( 'Factory', 'localtime' ), true );
	}
);
$areas = array();
foreach ( $zones as $zone ) {
	list( $area, $place ) = str_contains( $zone, '/' ) ? explode( '/', $zone, 2 ) : array( '', $zone );
	$areas[ $area ] = isset( $areas[ $area ] ) ? "{$areas[ $area ]} $place" : $place;
}
ksort( $areas );

$known = array(
	'countries'  => implode( ' ', $countries ),
	'currencies' => array_map( fn( $codes ) => implode( ' ', $codes ), array_filter( $currencies ) ),
	'timezones'  => $areas,
);
// Two spaces, as everywhere else in the project.
echo preg_replace_callback( '/^ +/m', fn( $found ) => str_repeat( ' ', strlen( $found[0] ) / 2 ), json_encode( $known, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES ) ), "\n";
