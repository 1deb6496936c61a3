<?php
// The products of settings.json and /products, for configure.php. What exists is the shop owner's and is left alone.

/** The list's products: of settings.json, and of the files beside it. */
function storefleet_listed_products( array $settings, string $folder = '/products' ): array {
	$files = array_map( fn( $file ) => json_decode( file_get_contents( $file ), true, 512, JSON_THROW_ON_ERROR ), glob( "$folder/*.json" ) );
	return array_merge( $settings['products'], ...$files );
}

/** The list's text, as WordPress keeps it: it takes text for HTML, and takes backslashes away. */
function storefleet_text( string $text ): string {
	return wp_slash( htmlspecialchars( $text, ENT_NOQUOTES ) );
}

/** Products whose SKU is new. */
function storefleet_create_products( array $entries, int $decimals ): void {
	$created = 0;
	foreach ( $entries as $entry ) {
		if ( wc_get_product_id_by_sku( $entry['sku'] ) ) {
			continue;
		}
		$product = new WC_Product_Simple();
		$product->set_name( storefleet_text( $entry['name'] ) );
		// In a text as long as this, WordPress looks for shortcodes.
		$product->set_description( str_replace( '[', '&#91;', storefleet_text( $entry['description'] ?? '' ) ) );
		$product->set_sku( $entry['sku'] );
		$product->set_regular_price( wc_format_decimal( $entry['price'], $decimals ) );
		$product->set_manage_stock( true );
		$product->set_stock_quantity( $entry['stock'] );
		$product->set_status( 'publish' );
		// Its picture follows; until then a run that was killed leaves word of it.
		if ( ! empty( $entry['image'] ) ) {
			$product->update_meta_data( '_storefleet_picture', 'wanted' );
		}
		$product->save();
		// WordPress keeps all that it has seen in memory.
		if ( 0 === ++$created % 100 ) {
			wp_cache_flush_runtime();
			WP_CLI::log( "$created products created" );
		}
	}
	WP_CLI::log( sprintf( '%d products: %d created, the others were there', count( $entries ), $created ) );
}

/** Fetches the picture of each product that still wants its own, once. Returns what went wrong, by SKU. */
function storefleet_add_pictures( array $entries ): array {
	require_once ABSPATH . 'wp-admin/includes/media.php';
	require_once ABSPATH . 'wp-admin/includes/file.php';
	require_once ABSPATH . 'wp-admin/includes/image.php';
	$missing = array();
	foreach ( $entries as $entry ) {
		$product = empty( $entry['image'] ) ? null : wc_get_product( wc_get_product_id_by_sku( $entry['sku'] ) );
		if ( ! $product || 'wanted' !== $product->get_meta( '_storefleet_picture' ) ) {
			continue;
		}
		// One that the owner has given it meanwhile is better.
		if ( ! $product->get_image_id() ) {
			$picture = storefleet_picture( $entry['image'], $product );
			if ( is_wp_error( $picture ) ) {
				$missing[] = "{$entry['sku']}: {$entry['image']}: " . $picture->get_error_message();
				continue;
			}
			$product->set_image_id( $picture );
			WP_CLI::log( "picture of {$entry['sku']} added" );
		}
		$product->update_meta_data( '_storefleet_picture', 'done' );
		$product->save();
	}
	return $missing;
}

/** The attachment made from an address, or from one of the list's files: that of an earlier run or another product, or a new one. */
function storefleet_picture( string $source, WC_Product $product ) {
	$known = get_posts( array( 'post_type' => 'attachment', 'post_status' => 'any', 'meta_key' => '_source_url', 'meta_value' => $source, 'fields' => 'ids', 'numberposts' => 1 ) );
	if ( $known ) {
		return $known[0];
	}
	if ( str_contains( $source, '://' ) ) {
		$file = download_url( $source, 30 );
	} else {
		$file = wp_tempnam( $source );
		if ( ! @copy( "/product-images/$source", $file ) ) {
			wp_delete_file( $file );
			$file = new WP_Error( 'picture', 'there is no such file in /product-images' );
		}
	}
	if ( is_wp_error( $file ) ) {
		return $file;
	}
	// By what is in it: addresses need not end in .jpg.
	$extensions = array( 'image/jpeg' => 'jpg', 'image/png' => 'png', 'image/webp' => 'webp', 'image/gif' => 'gif', 'image/avif' => 'avif' );
	$extension  = $extensions[ wp_get_image_mime( $file ) ] ?? '';
	if ( '' === $extension ) {
		wp_delete_file( $file );
		return new WP_Error( 'picture', 'what is there is no JPEG, PNG, WebP, GIF or AVIF' );
	}
	$named = array( 'name' => sanitize_title( $product->get_sku(), 'picture' ) . ".$extension", 'tmp_name' => $file );
	$meta  = array( '_source_url' => $source, '_wp_attachment_image_alt' => wp_slash( $product->get_name() ) );
	$id    = media_handle_sideload( $named, $product->get_id(), null, array( 'meta_input' => $meta ) );
	if ( is_wp_error( $id ) ) {
		wp_delete_file( $file );
	}
	return $id;
}
