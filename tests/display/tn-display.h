/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives a window with the real pointer and keyboard, from within the test's own process. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Instead of g_test_init() and gtk_init(). FALSE: there is no X display with XTEST; the test has
 * been reported as skipped and main() is to return @status. */
gboolean tn_display_init (int *argc, char ***argv, int *status);

/* Runs the main loop for so long. Only where nothing can be waited for. */
void tn_display_pump (guint milliseconds);
/* Runs the main loop until nothing is pending and a frame has been drawn. */
void tn_display_settle (GtkWidget *widget);
typedef gboolean (*TnDisplayCondition) (gpointer user_data);
/* Runs the main loop until @condition holds; FALSE after ten seconds. */
gboolean tn_display_wait (TnDisplayCondition condition, gpointer user_data);

/* Presents the window and waits until it is drawn and has the keyboard. */
void tn_display_show (GtkWindow *window);

/* Where a point of a widget is on the screen. */
void tn_display_locate (GtkWidget *widget, double x, double y, int *screen_x, int *screen_y);

/* The pointer, in coordinates of @widget. */
void tn_display_move (GtkWidget *widget, double x, double y);
void tn_display_button (guint button, gboolean down);
void tn_display_click (GtkWidget *widget, double x, double y, guint button);
void tn_display_double_click (GtkWidget *widget, double x, double y);
/* Press, several motions, and the last one at the goal; then the release. */
void tn_display_drag (GtkWidget *from, double x, double y, GtkWidget *to, double to_x, double to_y,
                      guint button);
/* The same without the release: to look at what is shown meanwhile. */
void tn_display_drag_hold (GtkWidget *from, double x, double y, GtkWidget *to, double to_x,
                           double to_y, guint button);
/* Clicks of the wheel: 4 up, 5 down, 6 left, 7 right. */
void tn_display_wheel (guint button, guint clicks);

/* A key as an accelerator: "Delete", "<Control>z", "<Shift>Tab". */
void tn_display_key (const char *accelerator);
/* A key that is held: "Shift_L", "space". */
void tn_display_hold_key (const char *name, gboolean down);
/* ASCII text. */
void tn_display_type (const char *text);

/* Writes what the widget shows to @name.png in the folder TN_SCREENSHOTS, if that is set. */
void tn_display_screenshot (GtkWidget *widget, const char *name);
/* The colour shown at a point of the widget: red, green, blue of 0 … 255. */
void tn_display_pixel (GtkWidget *widget, double x, double y, guint8 colour[3]);
/* The same for all points of a rectangle, row by row. New bytes. */
GBytes *tn_display_area (GtkWidget *widget, double x, double y, int n_columns, int n_rows);

G_END_DECLS
