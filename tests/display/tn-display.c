/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drives a window with the real pointer and keyboard, from within the test's own process. */
#include "tn-display.h"

#include <X11/XKBlib.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XTest.h>
#include <adwaita.h>
#include <gdk/x11/gdkx.h>

#define DEADLINE (30 * G_USEC_PER_SEC)
/* Between two events, so that each is seen as one. */
#define STEP       4
#define DRAG_STEPS 6

/* A connection of its own, as another client would have. */
static Display *display;

gboolean
tn_display_init (int *argc, char ***argv, int *status)
{
  int ignored;

  *status = 0;
  /* Before GTK, which would end the program without a display. */
  display = XOpenDisplay (NULL);
  if (display == NULL || !XTestQueryExtension (display, &ignored, &ignored, &ignored, &ignored))
    {
      g_print ("1..0 # SKIP no X display with XTEST\n");
      *status = g_getenv ("TN_DISPLAY_REQUIRED") != NULL ? 1 : 0;
      return FALSE;
    }
  /* On a busy machine a key would else be held long enough to repeat. */
  XAutoRepeatOff (display);
  XFlush (display);
  gdk_set_allowed_backends ("x11");
  gtk_test_init (argc, argv, NULL);
  adw_init ();
  return TRUE;
}

/* ---- time ---- */

void
tn_display_pump (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + (gint64)milliseconds * 1000;

  do
    while (g_main_context_iteration (NULL, FALSE))
      ;
  while (g_get_monotonic_time () < end && (g_usleep (500), TRUE));
}

gboolean
tn_display_wait (TnDisplayCondition condition, gpointer user_data)
{
  gint64 end = g_get_monotonic_time () + DEADLINE;

  while (!condition (user_data))
    {
      if (g_get_monotonic_time () > end)
        return FALSE;
      tn_display_pump (1);
    }
  return TRUE;
}

static void
painted_cb (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

static gboolean
is_set (gpointer user_data)
{
  return *(gboolean *)user_data;
}

void
tn_display_settle (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean painted = FALSE;
  gulong handler;

  XSync (display, False);
  tn_display_pump (STEP);
  g_return_if_fail (clock != NULL);
  handler = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), &painted);
  gtk_widget_queue_draw (widget);
  gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_PAINT);
  if (!tn_display_wait (is_set, &painted))
    g_error ("The window was not drawn in time");
  g_signal_handler_disconnect (clock, handler);
  XSync (display, False);
  tn_display_pump (STEP);
}

static gboolean
is_active (gpointer user_data)
{
  return gtk_widget_get_mapped (user_data) && gtk_window_is_active (user_data);
}

void
tn_display_show (GtkWindow *window)
{
  gtk_window_present (window);
  if (!tn_display_wait (is_active, window))
    g_error ("The window was not shown in time");
  tn_display_settle (GTK_WIDGET (window));
}

/* ---- the pointer ---- */

void
tn_display_locate (GtkWidget *widget, double x, double y, int *screen_x, int *screen_y)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = gtk_native_get_surface (native);
  int scale = gdk_surface_get_scale_factor (surface);
  double offset_x, offset_y;
  graphene_point_t at;
  Window child;

  if (!gtk_widget_compute_point (widget, GTK_WIDGET (native),
                                 &GRAPHENE_POINT_INIT ((float)x, (float)y), &at))
    g_error ("A widget that is not in a window has no place on the screen");
  gtk_native_get_surface_transform (native, &offset_x, &offset_y);
  XTranslateCoordinates (display, gdk_x11_surface_get_xid (surface), DefaultRootWindow (display),
                         (int)((at.x + offset_x) * scale), (int)((at.y + offset_y) * scale),
                         screen_x, screen_y, &child);
}

static void
move_to (int x, int y)
{
  XTestFakeMotionEvent (display, -1, x, y, CurrentTime);
  XSync (display, False);
  tn_display_pump (STEP);
}

void
tn_display_move (GtkWidget *widget, double x, double y)
{
  int screen_x, screen_y;

  tn_display_locate (widget, x, y, &screen_x, &screen_y);
  move_to (screen_x, screen_y);
}

void
tn_display_button (guint button, gboolean down)
{
  XTestFakeButtonEvent (display, button, down, CurrentTime);
  XSync (display, False);
  tn_display_pump (STEP);
}

void
tn_display_click (GtkWidget *widget, double x, double y, guint button)
{
  tn_display_move (widget, x, y);
  tn_display_button (button, TRUE);
  tn_display_button (button, FALSE);
  tn_display_settle (widget);
}

void
tn_display_double_click (GtkWidget *widget, double x, double y)
{
  tn_display_move (widget, x, y);
  /* In one go: what the first press begins may take longer than two clicks may lie apart. */
  for (int i = 0; i < 4; i++)
    XTestFakeButtonEvent (display, 1, i % 2 == 0, CurrentTime);
  XSync (display, False);
  tn_display_settle (widget);
}

void
tn_display_drag_hold (GtkWidget *from, double x, double y, GtkWidget *to, double to_x, double to_y,
                      guint button)
{
  int start_x, start_y, end_x, end_y;

  tn_display_locate (from, x, y, &start_x, &start_y);
  tn_display_locate (to, to_x, to_y, &end_x, &end_y);
  move_to (start_x, start_y);
  tn_display_button (button, TRUE);
  for (int i = 1; i <= DRAG_STEPS; i++)
    move_to (start_x + (end_x - start_x) * i / DRAG_STEPS,
             start_y + (end_y - start_y) * i / DRAG_STEPS);
  tn_display_settle (to);
}

void
tn_display_drag (GtkWidget *from, double x, double y, GtkWidget *to, double to_x, double to_y,
                 guint button)
{
  tn_display_drag_hold (from, x, y, to, to_x, to_y, button);
  tn_display_button (button, FALSE);
  tn_display_settle (to);
}

void
tn_display_wheel (guint button, guint clicks)
{
  for (guint i = 0; i < clicks; i++)
    {
      tn_display_button (button, TRUE);
      tn_display_button (button, FALSE);
    }
}

/* ---- the keyboard ---- */

static void
fake_key (guint keyval, gboolean down)
{
  KeyCode code = XKeysymToKeycode (display, keyval);

  if (code == 0)
    g_error ("The X server's keyboard has no key %s", gdk_keyval_name (keyval));
  XTestFakeKeyEvent (display, code, down, CurrentTime);
  XSync (display, False);
  tn_display_pump (STEP);
}

static void
stroke (guint keyval, GdkModifierType modifiers)
{
  static const struct
  {
    GdkModifierType modifier;
    guint keyval;
  } held[] = {
    { GDK_CONTROL_MASK, GDK_KEY_Control_L },
    { GDK_SHIFT_MASK, GDK_KEY_Shift_L },
    { GDK_ALT_MASK, GDK_KEY_Alt_L },
  };

  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    if (modifiers & held[i].modifier)
      fake_key (held[i].keyval, TRUE);
  fake_key (keyval, TRUE);
  fake_key (keyval, FALSE);
  for (guint i = G_N_ELEMENTS (held); i-- > 0;)
    if (modifiers & held[i].modifier)
      fake_key (held[i].keyval, FALSE);
}

void
tn_display_key (const char *accelerator)
{
  GdkModifierType modifiers;
  guint keyval;

  if (!gtk_accelerator_parse (accelerator, &keyval, &modifiers))
    g_error ("%s is no accelerator", accelerator);
  stroke (keyval, modifiers);
  tn_display_pump (2 * STEP);
}

void
tn_display_hold_key (const char *name, gboolean down)
{
  fake_key (gdk_keyval_from_name (name), down);
}

void
tn_display_type (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    {
      guint keyval = gdk_unicode_to_keyval ((guint)(guchar)*c);
      KeyCode code = XKeysymToKeycode (display, keyval);
      gboolean shifted = code != 0 && XkbKeycodeToKeysym (display, code, 0, 0) != keyval;

      stroke (keyval, shifted ? GDK_SHIFT_MASK : 0);
    }
  tn_display_pump (2 * STEP);
}

/* ---- looking ---- */

typedef struct
{
  GtkWidget *widget;
  GskRenderNode *node;
} Sight;

/* GTK shows nothing of a widget that is about to be laid out. */
static gboolean
is_seen (gpointer data)
{
  Sight *sight = data;
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (sight->widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (sight->widget),
                          gtk_widget_get_height (sight->widget));
  sight->node = gtk_snapshot_free_to_node (snapshot);
  return sight->node != NULL;
}

static GdkTexture *
render (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  Sight sight = { .widget = widget };
  g_autoptr (GskRenderNode) node = NULL;

  if (!tn_display_wait (is_seen, &sight))
    g_error ("The widget shows nothing");
  node = sight.node;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  return gsk_renderer_render_texture (gtk_native_get_renderer (native), node,
                                      &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
}

void
tn_display_screenshot (GtkWidget *widget, const char *name)
{
  const char *folder = g_getenv ("TN_SCREENSHOTS");
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *file = NULL;
  g_autofree char *path = NULL;

  if (folder == NULL)
    return;
  tn_display_settle (widget);
  file = g_strconcat (name, ".png", NULL);
  path = g_build_filename (folder, file, NULL);
  texture = render (widget);
  gdk_texture_save_to_png (texture, path);
}

GBytes *
tn_display_area (GtkWidget *widget, double x, double y, int n_columns, int n_rows)
{
  g_autoptr (GdkTexture) texture = render (widget);
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  g_autofree guchar *data = g_malloc ((gsize)width * height * 4);
  g_autoptr (GByteArray) area = g_byte_array_new ();

  gdk_texture_download (texture, data, (gsize)width * 4);
  for (int i = 0; i < n_rows; i++)
    for (int j = 0; j < n_columns; j++)
      {
        int column = CLAMP ((int)x + j, 0, width - 1), row = CLAMP ((int)y + i, 0, height - 1);
        guint32 pixel;
        guint8 colour[3];

        memcpy (&pixel, data + ((gsize)row * width + column) * 4, 4);
        colour[0] = (pixel >> 16) & 0xff;
        colour[1] = (pixel >> 8) & 0xff;
        colour[2] = pixel & 0xff;
        g_byte_array_append (area, colour, 3);
      }
  return g_byte_array_free_to_bytes (g_steal_pointer (&area));
}

void
tn_display_pixel (GtkWidget *widget, double x, double y, guint8 colour[3])
{
  g_autoptr (GBytes) area = tn_display_area (widget, x, y, 1, 1);

  memcpy (colour, g_bytes_get_data (area, NULL), 3);
}
