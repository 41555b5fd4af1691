"""What lies over the desk for a moment: menus, lists to choose from, and single fields."""
