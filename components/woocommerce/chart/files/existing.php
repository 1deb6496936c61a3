<?php
// Begins again where an installation of WordPress was interrupted, and ends the set-up where tables are damaged: a shop that
// was ever open, or has an order, is never removed. Without WordPress, which calls itself installed before it has users or
// roles, and takes a table that can not be read for an empty one.

mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
$prefix   = getenv( 'WORDPRESS_TABLE_PREFIX' );
$password = rtrim( file_get_contents( getenv( 'WORDPRESS_DB_PASSWORD_FILE' ) ), "\r\n" );

function ended( string $reason ): void {
	echo "$reason\n";
	exit( 1 );
}

// Rows of a table that hold it, none where there is no such table.
function rows( string $table, string $condition = '1' ): int {
	global $database, $prefix;
	try {
		return (int) $database->query( "SELECT COUNT(*) FROM `$prefix$table` WHERE $condition" )->fetch_row()[0];
	} catch ( mysqli_sql_exception $error ) {
		$no_such_table = 1146;
		if ( $no_such_table === $error->getCode() ) {
			return 0;
		}
		ended( "the table $prefix$table can not be read, and is left as it is: {$error->getMessage()}. Repair it, or put a backup back." );
	}
}

try {
	$database = new mysqli( getenv( 'WORDPRESS_DB_HOST' ), getenv( 'WORDPRESS_DB_USER' ), $password, getenv( 'WORDPRESS_DB_NAME' ) );
	$tables   = array_column( $database->query( 'SHOW TABLES' )->fetch_all(), 0 );
	$options  = rows( 'options' );
	$users    = rows( 'users' );
	$open     = rows( 'options', "option_name = 'storefleet_setup'" ) > 0;
	$orders   = rows( 'wc_orders' ) + rows( 'posts', "post_type = 'shop_order'" );
	$lost     = 0 === $options && ( $users > 0 || $orders > 0 ) ? 'options' : ( 0 === $users && ( $open || $orders > 0 ) ? 'users' : '' );
	if ( '' !== $lost ) {
		ended( "the table $prefix$lost is missing or empty, in the database of a shop that was in use: nothing is removed. Put a backup of it back." );
	}
	if ( 0 === $users && $options > 0 ) {
		echo "removing an installation of WordPress that was interrupted\n";
		$database->query( 'SET FOREIGN_KEY_CHECKS = 0' );
		foreach ( $tables as $table ) {
			$database->query( "DROP TABLE `$table`" );
		}
	}
} catch ( mysqli_sql_exception $error ) {
	ended( "the database: {$error->getMessage()}" );
}
