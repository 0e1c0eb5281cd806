"""The PyTorch tutorial runs: every listing as it stands, with only the imports renamed and inputs supplied.

The sentences above the listings say what they mean; the test of each says what must then be true.
"""

import pytest

import engine as torch
import engine.nn as nn
import engine.nn.functional as F
import engine.optim as optim
from engine.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def test_scalar_and_elementwise_operations():
    t, u = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 6.0])
    assert (t * 2).tolist() == [2.0, 4.0, 6.0]
    assert (t + u).tolist() == [5.0, 7.0, 9.0]
    assert (t * u).tolist() == [4.0, 10.0, 18.0]


def test_broadcasting_expands_along_the_dimension_that_is_missing():
    a, b = torch.tensor([[1.0], [2.0]]), torch.tensor([10.0, 20.0])
    assert (a + b).tolist() == [[11.0, 21.0], [12.0, 22.0]]


def test_reshape_and_view_keep_the_elements():
    t = torch.arange(6)
    assert t.reshape(2, 3).tolist() == t.view(2, 3).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert t.view(3, 2)._base is t


def test_reductions_along_rows_and_columns():
    t = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert t.sum(dim=0).tolist() == [5.0, 7.0, 9.0]
    assert t.mean(dim=1).tolist() == [2.0, 5.0]
    assert t.max().item() == 6.0 and t.min().item() == 1.0
    assert t.std(dim=1).tolist() == [1.0, 1.0]


def test_matrix_multiplication():
    a, b = torch.ones(2, 3), torch.ones(3, 4)
    assert torch.matmul(a, b).tolist() == (a @ b).tolist() == [[3.0] * 4] * 2


def test_initialisation():
    shape = (2, 3)
    assert torch.tensor([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert torch.zeros(shape).sum() == 0 and torch.ones(shape).sum() == 6
    assert torch.rand(shape).min() >= 0 and torch.rand(shape).max() < 1


def test_autograd_listing(capsys):
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x.sum()
    y.backward()
    print(x.grad)  # Outputs: tensor([1., 1., 1.])
    assert capsys.readouterr().out == "tensor([1., 1., 1.])\n"


def test_optimization_loop_listing():
    model, loss_fn = nn.Linear(3, 1), nn.MSELoss()
    input, target = torch.randn(8, 3), torch.zeros(8, 1)
    num_epochs = 50
    before = loss_fn(model(input), target).item()

    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for epoch in range(num_epochs):  # noqa: B007 - as the listing has it
        optimizer.zero_grad()  # Zero the gradient buffers
        output = model(input)
        loss = loss_fn(output, target)
        loss.backward()
        optimizer.step()  # Update parameters

    assert epoch == num_epochs - 1
    assert loss.item() < before


def test_the_optimizers_it_names_exist():
    parameters = [torch.zeros(1, requires_grad=True)]
    for name in ("SGD", "Adam", "Adagrad", "RMSprop"):
        assert getattr(torch.optim, name)(parameters, lr=0.01).param_groups[0]["lr"] == 0.01


def test_data_loader_listing():
    train_dataset = TensorDataset(torch.randn(100, 10), torch.randint(0, 2, (100,)))
    model, loss_fn = nn.Linear(10, 2), nn.CrossEntropyLoss()
    sizes = []

    train_loader = DataLoader(dataset=train_dataset, batch_size=32, shuffle=True)
    for batch in train_loader:
        inputs, labels = batch
        output = model(inputs)
        loss = loss_fn(output, labels)
        # Perform backward and optimization steps here
        loss.backward()
        sizes.append(len(inputs))

    assert sizes == [32, 32, 32, 4]


def test_custom_dataset_listing():
    class CustomDataset(Dataset):
        def __init__(self, data, labels):
            self.data = data
            self.labels = labels

        def __len__(self):
            return len(self.data)

        def __getitem__(self, idx):
            x = self.data[idx]
            y = self.labels[idx]
            return x, y

    # Example usage
    data = torch.randn(100, 10)  # 100 samples, 10 features each
    labels = torch.randint(0, 2, (100,))  # 100 labels (binary classification)
    dataset = CustomDataset(data, labels)

    assert len(dataset) == 100
    x, y = dataset[3]
    assert x.shape == (10,) and y.item() in (0, 1)
    batch_x, batch_y = next(iter(DataLoader(dataset, batch_size=5)))
    assert batch_x.shape == (5, 10) and batch_y.dtype is torch.int64


def test_an_iterable_dataset_that_is_its_own_iterator():
    class Stream(IterableDataset):
        def __init__(self):
            self.given = 0

        def __iter__(self):
            self.given = 0
            return self

        def __next__(self):
            if self.given == 5:
                raise StopIteration
            self.given += 1
            return torch.tensor(float(self.given))

    batches = [batch.tolist() for batch in DataLoader(Stream(), batch_size=2)]
    assert batches == [[1.0, 2.0], [3.0, 4.0], [5.0]]


class SimpleNN(nn.Module):
    def __init__(self):
        super(SimpleNN, self).__init__()  # noqa: UP008 - as the listing has it
        self.fc1 = nn.Linear(10, 50)  # Fully connected layer, input size 10, output size 50
        self.fc2 = nn.Linear(50, 1)  # Fully connected layer, input size 50, output size 1

    def forward(self, x):
        x = F.relu(self.fc1(x))  # Apply ReLU activation after the first layer
        x = self.fc2(x)  # Apply the second layer without activation
        return x  # noqa: RET504 - as the listing has it


def test_module_listing():
    model = SimpleNN()
    assert model(torch.randn(7, 10)).shape == (7, 1)
    names = [name for name, _ in model.named_parameters()]
    assert names == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]


class Batch:
    def __init__(self, input, target):
        self.input, self.target = input, target


def test_training_listing(capsys):
    inputs = torch.randn(16, 10)
    train_loader = [Batch(inputs, inputs.sum(1, keepdim=True))]

    # Create the model
    model = SimpleNN()
    # Define the loss function and optimizer
    loss_fn = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=0.01)
    # Training loop
    for epoch in range(100):
        for batch in train_loader:
            # Forward pass
            outputs = model(batch.input)
            loss = loss_fn(outputs, batch.target)
            # Backward pass
            optimizer.zero_grad()  # Zero the gradient buffers
            loss.backward()  # Compute gradients
            optimizer.step()  # Update the parameters
        print(f'Epoch [{epoch+1}/100], Loss: {loss.item()}')

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 100
    assert float(lines[-1].split()[-1]) < 0.2 * float(lines[0].split()[-1])


class LinearRegressionModel(nn.Module):
    def __init__(self):
        super(LinearRegressionModel, self).__init__()  # noqa: UP008 - as the listing has it
        self.linear = nn.Linear(1, 1)  # One input feature, one output feature

    def forward(self, x):
        return self.linear(x)


def test_linear_regression_listing():
    inputs = torch.linspace(-1, 1, 50).unsqueeze(1)
    targets = 3 * inputs + 0.5

    model = LinearRegressionModel()
    criterion = nn.MSELoss()  # Mean Squared Error Loss
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    # Training loop
    for epoch in range(1000):  # Number of epochs # noqa: B007
        optimizer.zero_grad()  # Zero gradients
        outputs = model(inputs)  # Forward pass
        loss = criterion(outputs, targets)  # Calculate loss
        loss.backward()  # Backward pass
        optimizer.step()  # Update weights

    assert epoch == 999
    assert model.linear.weight.item() == pytest.approx(3, abs=0.02)
    assert model.linear.bias.item() == pytest.approx(0.5, abs=0.02)


def test_the_losses_it_names_exist():
    scores, values = torch.zeros(2, 3), torch.zeros(2, 3)
    assert nn.L1Loss()(scores, values).item() == nn.MSELoss()(scores, values).item() == 0.0
    assert nn.CrossEntropyLoss()(scores, torch.tensor([0, 2])).item() == pytest.approx(1.0986, abs=1e-4)
