/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person's first minute: a convolutional network from nothing, with what hands can do, counted
 * against the code that one would type for the same. */
#include "codegen/tn-code.h"
#include "tn-window-fixture.h"

/* What hands have done. */
typedef struct
{
  TnWindowFixture *fixture;
  guint n_keys;
  guint n_clicks;
} Hands;

static void
type (Hands *hands, const char *text)
{
  tn_display_type (text);
  hands->n_keys += (guint)strlen (text);
  tn_window_fixture_settle (hands->fixture);
}

/* A key, and those that are held with it. */
static void
press (Hands *hands, const char *key, guint n_keys)
{
  tn_display_key (key);
  hands->n_keys += n_keys;
  tn_window_fixture_settle (hands->fixture);
}

typedef struct
{
  TnWindowFixture *fixture;
  guint n_layers;
} Wanted;

static gboolean
is_there (gpointer data)
{
  const Wanted *wanted = data;
  GtkWidget *canvas = GTK_WIDGET (tn_window_canvas (wanted->fixture->window));

  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (wanted->fixture->widget));

  /* The layers of the canvas can have the keyboard as well. */
  return tn_graph_size (tn_window_fixture_graph (wanted->fixture)) == wanted->n_layers
         && focus != NULL && (focus == canvas || gtk_widget_is_ancestor (focus, canvas));
}

static gboolean
is_typed_into (gpointer data)
{
  const Wanted *wanted = data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (wanted->fixture->widget));

  return focus != NULL && GTK_IS_EDITABLE (focus);
}

/* Its name is typed on the paper; it goes behind the one before. */
static void
add (Hands *hands, const char *name)
{
  Wanted wanted = { hands->fixture, tn_graph_size (tn_window_fixture_graph (hands->fixture)) + 1 };
  char first[] = { name[0], '\0' };

  type (hands, first);
  g_assert_true (tn_display_wait (is_typed_into, &wanted));
  type (hands, name + 1);
  press (hands, "Return", 1);
  g_assert_true (tn_display_wait (is_there, &wanted));
  tn_window_fixture_settle (hands->fixture);
}

/* The first parameter of the layer that was added last. */
static void
set_first (Hands *hands, const char *value)
{
  Wanted wanted = { hands->fixture, tn_graph_size (tn_window_fixture_graph (hands->fixture)) };

  press (hands, "Return", 1);
  g_assert_true (tn_display_wait (is_typed_into, &wanted));
  press (hands, "<Control>a", 2);
  type (hands, value);
  /* Back to the paper. */
  press (hands, "<Shift>F6", 2);
  g_assert_true (tn_display_wait (is_there, &wanted));
}

static GtkWidget *
repair (GtkWidget *window)
{
  return tn_window_fixture_button (window, "Set activation of dense to 'relu'");
}

static gboolean
is_offered (gpointer window)
{
  return repair (window) != NULL;
}

static void
test_minute (void)
{
  static const char *const names[] = { "input", "conv2d", "pool", "conv2d", "pool", "flatten" };
  static const struct
  {
    const char *type;
    const char *output;
  } expected[] = {
    { "InputLayer", "(None, 28, 28, 1)" },
    { "Conv2D", "(None, 26, 26, 32)" },
    { "MaxPooling2D", "(None, 13, 13, 32)" },
    { "Conv2D", "(None, 11, 11, 32)" },
    { "MaxPooling2D", "(None, 5, 5, 32)" },
    { "Flatten", "(None, 800)" },
    { "Dense", "(None, 256)" },
    { "Dense", "(None, 10)" },
  };
  Hands hands = { .fixture = tn_window_fixture_new (NULL) };
  gint64 start = g_get_monotonic_time ();

  tn_display_click (GTK_WIDGET (tn_window_canvas (hands.fixture->window)), 6, 6, 1);
  hands.n_clicks++;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    add (&hands, names[i]);
  add (&hands, "dense");
  set_first (&hands, "256");
  add (&hands, "dense");
  set_first (&hands, "10");
  /* Two Dense layers with nothing between them: the repair that is offered is taken. */
  g_assert_true (tn_display_wait (is_offered, hands.fixture->widget));
  tn_window_fixture_press (repair (hands.fixture->widget));
  hands.n_clicks++;
  tn_window_fixture_settle (hands.fixture);
  press (&hands, "<Control>l", 2);
  tn_display_screenshot (hands.fixture->widget, "minute");

  const TnFacts *facts = tn_engine_facts (tn_window_engine (hands.fixture->window));
  const TnGraph *graph = tn_window_fixture_graph (hands.fixture);
  g_assert_cmpuint (tn_graph_size (graph), ==, G_N_ELEMENTS (expected));
  g_assert_cmpuint (tn_facts_n_issues (facts), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      g_autofree char *output
          = tn_window_fixture_cell (hands.fixture, tn_node_name (node), TN_OUTLINE_OUTPUT);
      g_autofree char *type
          = tn_window_fixture_cell (hands.fixture, tn_node_name (node), TN_OUTLINE_TYPE);

      g_assert_cmpstr (type, ==, expected[i].type);
      g_assert_cmpstr (output, ==, expected[i].output);
    }

  g_autoptr (GString) code = tn_code_write (tn_code_find ("keras-code"), facts, NULL);
  g_assert_nonnull (code);
  g_test_message ("%u keys and %u clicks for what are %zu characters of Keras code; the hands "
                  "of this test took %.1f s",
                  hands.n_keys, hands.n_clicks, code->len,
                  (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  g_assert_cmpuint (hands.n_keys + hands.n_clicks, <, code->len / 4);
  tn_window_fixture_free (hands.fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/minute/model", test_minute);
  return g_test_run ();
}
